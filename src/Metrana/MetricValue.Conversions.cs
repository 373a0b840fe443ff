using Metrana.Native;

namespace Metrana;

// What converts by itself. A span, an array and a stackalloc of the same numbers are three types to C# 12.
public readonly ref partial struct MetricValue
{
    /// <summary>One number.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator MetricValue(double value) => new(Values.One(value));

    /// <summary>One number.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator MetricValue(float value) => new(Values.One(value));

    /// <summary>One number.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator MetricValue(Half value) => new(Values.One((double)value));

    /// <summary>One number. A whole number that a double cannot represent is refused.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator MetricValue(decimal value) => new(Values.One(Exact.ToDouble(value)));

    /// <summary>One number.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator MetricValue(int value) => new(Values.One(value));

    /// <summary>One number.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator MetricValue(uint value) => new(Values.One(value));

    /// <summary>One number. A whole number that a double cannot represent is refused.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator MetricValue(long value) => new(Values.One(Exact.ToDouble(value)));

    /// <summary>One number. A whole number that a double cannot represent is refused.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator MetricValue(ulong value) => new(Values.One(Exact.ToDouble(value)));

    /// <summary>One number.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator MetricValue(short value) => new(Values.One(value));

    /// <summary>One number.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator MetricValue(ushort value) => new(Values.One(value));

    /// <summary>One number.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator MetricValue(byte value) => new(Values.One(value));

    /// <summary>One number.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator MetricValue(sbyte value) => new(Values.One(value));

    /// <summary>One number. A whole number that a double cannot represent is refused.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator MetricValue(nint value) => new(Values.One(Exact.ToDouble(value)));

    /// <summary>One number. A whole number that a double cannot represent is refused.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator MetricValue(nuint value) => new(Values.One(Exact.ToDouble(value)));

    /// <summary>One number, or none: null logs nothing and uses up no step.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator MetricValue(double? value) => new(value);

    /// <summary>One number that is 1 or 0.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator MetricValue(bool value) => new(value);

    /// <summary>Values of any other type, made by <see cref="Values.Of{T}(ReadOnlySpan{T})"/>.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator MetricValue(Values values) => new(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator MetricValue(double[] values) => new(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator MetricValue(ReadOnlySpan<double> values) => new(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator MetricValue(Span<double> values) => new(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator MetricValue(float[] values) => new(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator MetricValue(ReadOnlySpan<float> values) => new(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator MetricValue(Span<float> values) => new(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator MetricValue(Half[] values) => new(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator MetricValue(ReadOnlySpan<Half> values) => new(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator MetricValue(Span<Half> values) => new(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator MetricValue(int[] values) => new(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator MetricValue(ReadOnlySpan<int> values) => new(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator MetricValue(Span<int> values) => new(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator MetricValue(long[] values) => new(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator MetricValue(ReadOnlySpan<long> values) => new(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator MetricValue(Span<long> values) => new(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator MetricValue(uint[] values) => new(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator MetricValue(ReadOnlySpan<uint> values) => new(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator MetricValue(Span<uint> values) => new(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator MetricValue(ulong[] values) => new(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator MetricValue(ReadOnlySpan<ulong> values) => new(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator MetricValue(Span<ulong> values) => new(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator MetricValue(short[] values) => new(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator MetricValue(ReadOnlySpan<short> values) => new(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator MetricValue(Span<short> values) => new(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator MetricValue(ushort[] values) => new(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator MetricValue(ReadOnlySpan<ushort> values) => new(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator MetricValue(Span<ushort> values) => new(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator MetricValue(byte[] values) => new(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator MetricValue(ReadOnlySpan<byte> values) => new(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator MetricValue(Span<byte> values) => new(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator MetricValue(sbyte[] values) => new(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator MetricValue(ReadOnlySpan<sbyte> values) => new(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator MetricValue(Span<sbyte> values) => new(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator MetricValue(bool[] values) => new(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator MetricValue(ReadOnlySpan<bool> values) => new(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator MetricValue(Span<bool> values) => new(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator MetricValue(List<double> values) => new(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator MetricValue(List<float> values) => new(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator MetricValue(List<int> values) => new(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator MetricValue(List<long> values) => new(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator MetricValue(ArraySegment<double> values) => new(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator MetricValue(Memory<double> values) => new(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator MetricValue(ReadOnlyMemory<double> values) => new(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator MetricValue(ArraySegment<float> values) => new(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator MetricValue(Memory<float> values) => new(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator MetricValue(ReadOnlyMemory<float> values) => new(values);
}
