using System.Numerics;
using System.Runtime.CompilerServices;

namespace Metrana.Native;

/// <summary>Numbers as doubles. A whole number that a double cannot represent is refused rather than rounded.</summary>
internal static class Exact
{
    /// <summary>2^53: up to here every whole number is a double.</summary>
    private const long Largest = 1L << 53;

    /// <exception cref="ArgumentOutOfRangeException">It would have to be rounded.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double ToDouble<T>(T value)
        where T : struct, INumberBase<T> => ToDouble(value, "value", -1);

    /// <param name="value">The number.</param>
    /// <param name="parameter">How the caller's caller knows it.</param>
    /// <param name="index">Where it stands among others; negative where it is alone.</param>
    /// <exception cref="ArgumentOutOfRangeException">It would have to be rounded.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double ToDouble<T>(T value, string parameter, int index)
        where T : struct, INumberBase<T>
    {
        if (typeof(T) == typeof(double) || typeof(T) == typeof(float) || typeof(T) == typeof(Half) || typeof(T) == typeof(int)
            || typeof(T) == typeof(uint) || typeof(T) == typeof(short) || typeof(T) == typeof(ushort) || typeof(T) == typeof(byte)
            || typeof(T) == typeof(sbyte) || typeof(T) == typeof(char))
        {
            return double.CreateTruncating(value);
        }

        if (typeof(T) == typeof(long))
        {
            return (long)(object)value is >= -Largest and <= Largest ? double.CreateTruncating(value) : throw Inexact(value, parameter, index);
        }

        if (typeof(T) == typeof(ulong))
        {
            return (ulong)(object)value <= Largest ? double.CreateTruncating(value) : throw Inexact(value, parameter, index);
        }

        if (typeof(T) == typeof(nint))
        {
            return ToDouble((long)(nint)(object)value, parameter, index);
        }

        if (typeof(T) == typeof(nuint))
        {
            return ToDouble((ulong)(nuint)(object)value, parameter, index);
        }

        return OfAnyType(value, parameter, index);
    }

    /// <summary>A fraction is rounded to the nearest double, as everywhere; what is whole has to come back as it was.</summary>
    private static double OfAnyType<T>(T value, string parameter, int index)
        where T : struct, INumberBase<T>
    {
        if (!T.IsRealNumber(value) && !T.IsNaN(value))
        {
            throw Inexact(value, parameter, index);
        }

        try
        {
            double near = double.CreateChecked(value);
            return !T.IsInteger(value) || Math.Abs(near) < Largest || T.CreateChecked(near) == value
                ? near
                : throw Inexact(value, parameter, index);
        }
        catch (Exception e) when (e is OverflowException or NotSupportedException)
        {
            throw Inexact(value, parameter, index);
        }
    }

    private static ArgumentOutOfRangeException Inexact<T>(T value, string parameter, int index) => new(
        parameter,
        value,
        $"{(index < 0 ? "The value" : $"The value at index {index}")} is beyond 2^53 and would be rounded. "
            + "Convert it to double if that is intended.");
}
