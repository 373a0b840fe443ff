using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Metrana.Backends;

namespace Metrana;

/// <summary>Numbers of any type as the engine takes them: double and float as they are, everything else widened.</summary>
internal static class Numbers
{
    /// <summary>Every whole number up to here is a double.</summary>
    private const double LargestExact = 1L << 53;

    /// <summary>How many widened values fit on the stack.</summary>
    private const int OnStack = 128;

    public static double ToDouble<T>(T value)
        where T : struct, INumberBase<T>
    {
        double wide = double.CreateSaturating(value);
        if (Kind<T>.IsWhole && (Math.Abs(wide) > LargestExact || T.CreateSaturating(wide) != value))
        {
            throw new ArgumentOutOfRangeException(
                nameof(value), value, "A double does not hold this whole number. Convert it to double yourself if rounding is fine.");
        }

        return wide;
    }

    public static void Log<T>(Backend backend, scoped in StdCall call, ReadOnlySpan<T> values)
        where T : struct, INumberBase<T>
    {
        if (typeof(T) == typeof(double))
        {
            backend.Log(call, Reinterpret<T, double>(values));
        }
        else if (typeof(T) == typeof(float))
        {
            backend.Log(call, Reinterpret<T, float>(values));
        }
        else
        {
            double[]? rented = values.Length > OnStack ? ArrayPool<double>.Shared.Rent(values.Length) : null;
            Span<double> wide = rented is null ? stackalloc double[OnStack] : rented;
            try
            {
                backend.Log(call, Widen(values, wide));
            }
            finally
            {
                Return(rented);
            }
        }
    }

    public static void Log<T>(Backend backend, scoped in RlBlock block, ReadOnlySpan<T> values)
        where T : struct, INumberBase<T>
    {
        if (typeof(T) == typeof(double))
        {
            backend.Log(block, Reinterpret<T, double>(values));
        }
        else if (typeof(T) == typeof(float))
        {
            backend.Log(block, Reinterpret<T, float>(values));
        }
        else
        {
            double[]? rented = values.Length > OnStack ? ArrayPool<double>.Shared.Rent(values.Length) : null;
            Span<double> wide = rented is null ? stackalloc double[OnStack] : rented;
            try
            {
                backend.Log(block, Widen(values, wide));
            }
            finally
            {
                Return(rented);
            }
        }
    }

    /// <summary>A list as a span: itself where it lies in one piece, else a copy.</summary>
    public static ReadOnlySpan<T> Span<T>(IReadOnlyList<T> list) => list switch
    {
        null => throw new ArgumentNullException(nameof(list)),
        T[] array => array,
        List<T> items => CollectionsMarshal.AsSpan(items),
        _ => list.ToArray(),
    };

    private static ReadOnlySpan<double> Widen<T>(ReadOnlySpan<T> values, Span<double> wide)
        where T : struct, INumberBase<T>
    {
        for (int i = 0; i < values.Length; i++)
        {
            wide[i] = ToDouble(values[i]);
        }

        return wide[..values.Length];
    }

    private static ReadOnlySpan<TTo> Reinterpret<TFrom, TTo>(ReadOnlySpan<TFrom> values)
        where TFrom : struct
        where TTo : struct => MemoryMarshal.CreateReadOnlySpan(
            ref Unsafe.As<TFrom, TTo>(ref MemoryMarshal.GetReference(values)), values.Length);

    private static void Return(double[]? rented)
    {
        if (rented is not null)
        {
            ArrayPool<double>.Shared.Return(rented);
        }
    }

    private static class Kind<T>
        where T : struct, INumberBase<T>
    {
        /// <summary>Whether the type has whole numbers only: then half of one is nothing.</summary>
        public static readonly bool IsWhole = T.IsZero(T.One / (T.One + T.One));
    }
}
