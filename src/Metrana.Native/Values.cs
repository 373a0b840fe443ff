using System.Buffers;
using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Metrana.Native;

/// <summary>
/// The values of one call: a number, an array, a span, a list, or a collection expression such as <c>[0.5, 0.25]</c>, whose numbers
/// are doubles.
/// <see cref="double"/> and <see cref="float"/> are logged as they are; every other type of number is widened to double, and
/// <see cref="bool"/> is 1 or 0. An integer that a double cannot represent exactly is refused. None of these conversions allocates.
/// </summary>
/// <remarks>For a type that has no conversion here, call <see cref="Of{T}(ReadOnlySpan{T})"/>.</remarks>
[CollectionBuilder(typeof(Values), nameof(Of))]
public readonly ref partial struct Values
{
    private readonly ref readonly byte _first;
    private readonly double _one;
    private readonly Form _form;
    private readonly Widening? _widening;

    private Values(double one)
    {
        _one = one;
        _form = Form.One;
        Count = 1;
    }

    private Values(ref readonly byte first, int count, Form form, Widening? widening)
    {
        _first = ref first;
        _form = form;
        _widening = widening;
        Count = count;
    }

    /// <summary>The type of the values.</summary>
    private enum Form : byte
    {
        Doubles,
        Floats,
        One,
        Others,
    }

    /// <summary>The number of values.</summary>
    public int Count { get; }

    /// <summary>Whether they are floats.</summary>
    internal bool AreFloats => _form == Form.Floats;

    /// <summary>Whether they have to be widened before they can be logged.</summary>
    internal bool AreOthers => _form == Form.Others;

    /// <summary>The values, where they are doubles.</summary>
    [UnscopedRef]
    internal ReadOnlySpan<double> Doubles => _form == Form.One
        ? new ReadOnlySpan<double>(in _one)
        : MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<byte, double>(ref Unsafe.AsRef(in _first)), Count);

    /// <summary>The values, where they are floats.</summary>
    internal ReadOnlySpan<float> Floats =>
        MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<byte, float>(ref Unsafe.AsRef(in _first)), Count);

    /// <summary>Creates values from a span of any numeric type.</summary>
    /// <param name="values">The values.</param>
    public static Values Of<T>(ReadOnlySpan<T> values)
        where T : struct, INumberBase<T>
    {
        ref byte first = ref Unsafe.As<T, byte>(ref MemoryMarshal.GetReference(values));
        return typeof(T) == typeof(double) ? new Values(ref first, values.Length, Form.Doubles, null)
            : typeof(T) == typeof(float) ? new Values(ref first, values.Length, Form.Floats, null)
            : new Values(ref first, values.Length, Form.Others, Widening<T>.Instance);
    }

    /// <summary>Creates values from a collection expression.</summary>
    /// <param name="values">The values.</param>
    public static Values Of(ReadOnlySpan<double> values) => Of<double>(values);

    /// <summary>Returns an enumerator over the values as doubles. Collection expressions require it.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public Enumerator GetEnumerator() => new(this);

    /// <summary>A single number.</summary>
    internal static Values One(double value) => new(value);

    /// <summary>The values as doubles, in memory that goes back to its pool.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One would have to be rounded.</exception>
    internal Widened Widen()
    {
        double[] buffer = ArrayPool<double>.Shared.Rent(Count);
        try
        {
            Fill(buffer.AsSpan(0, Count));
            return new Widened(buffer, buffer.AsSpan(0, Count));
        }
        catch
        {
            ArrayPool<double>.Shared.Return(buffer);
            throw;
        }
    }

    /// <summary>The values as doubles: where they lie if they are doubles there, else as <see cref="Widen"/> has them.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One would have to be rounded.</exception>
    internal Widened ToDoubles() => _form == Form.Doubles
        ? new Widened(null, MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<byte, double>(ref Unsafe.AsRef(in _first)), Count))
        : Widen();

    private void Fill(Span<double> wide)
    {
        switch (_form)
        {
            case Form.Others:
                _widening!.Widen(in _first, wide);
                break;
            case Form.Floats:
                Copy(Floats, wide);
                break;
            default:
                Doubles.CopyTo(wide);
                break;
        }

        static void Copy(ReadOnlySpan<float> floats, Span<double> wide)
        {
            for (int i = 0; i < floats.Length; i++)
            {
                wide[i] = floats[i];
            }
        }
    }

    private static Values OfBooleans(ReadOnlySpan<bool> values) => new(
        ref Unsafe.As<bool, byte>(ref MemoryMarshal.GetReference(values)), values.Length, Form.Others, BooleanWidening.Instance);

    private static Values OfArray<T>(T[]? values)
        where T : struct, INumberBase<T>
    {
        ArgumentNullException.ThrowIfNull(values);
        return Of<T>(values);
    }

    private static Values OfList<T>(List<T>? values)
        where T : struct, INumberBase<T>
    {
        ArgumentNullException.ThrowIfNull(values);
        return Of<T>(CollectionsMarshal.AsSpan(values));
    }

    /// <summary>Enumerates the values of a call.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public ref struct Enumerator
    {
        private readonly Values _values;
        private int _index;

        internal Enumerator(Values values)
        {
            _values = values;
            _index = -1;
        }

        /// <summary>The value at the current position.</summary>
        public readonly double Current
        {
            get
            {
                if (_values.AreFloats)
                {
                    return _values.Floats[_index];
                }

                if (!_values.AreOthers)
                {
                    return _values.Doubles[_index];
                }

                using Widened widened = _values.Widen();
                return widened.Span[_index];
            }
        }

        /// <summary>Advances to the next value.</summary>
        public bool MoveNext() => ++_index < _values.Count;
    }

    /// <summary>Values as doubles, which may lie in memory from a pool.</summary>
    internal readonly ref struct Widened
    {
        private readonly double[]? _buffer;

        internal Widened(double[]? buffer, ReadOnlySpan<double> values)
        {
            _buffer = buffer;
            Span = values;
        }

        public ReadOnlySpan<double> Span { get; }

        public void Dispose()
        {
            if (_buffer is not null)
            {
                ArrayPool<double>.Shared.Return(_buffer);
            }
        }
    }
}
