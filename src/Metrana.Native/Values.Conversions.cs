namespace Metrana.Native;

// What converts to values by itself. A span, an array and a stackalloc of the same numbers are three types to C# 12.
public readonly ref partial struct Values
{
    /// <summary>One number, or none: null logs nothing and consumes no step.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator Values(double? value) => value is { } given ? One(given) : default;

    /// <summary>One number that is 1 or 0.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator Values(bool value) => One(value ? 1 : 0);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator Values(double[] values) => OfArray(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator Values(ReadOnlySpan<double> values) => Of<double>(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator Values(Span<double> values) => Of<double>(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator Values(float[] values) => OfArray(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator Values(ReadOnlySpan<float> values) => Of<float>(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator Values(Span<float> values) => Of<float>(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator Values(Half[] values) => OfArray(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator Values(ReadOnlySpan<Half> values) => Of<Half>(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator Values(Span<Half> values) => Of<Half>(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator Values(int[] values) => OfArray(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator Values(ReadOnlySpan<int> values) => Of<int>(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator Values(Span<int> values) => Of<int>(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator Values(long[] values) => OfArray(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator Values(ReadOnlySpan<long> values) => Of<long>(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator Values(Span<long> values) => Of<long>(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator Values(uint[] values) => OfArray(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator Values(ReadOnlySpan<uint> values) => Of<uint>(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator Values(Span<uint> values) => Of<uint>(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator Values(ulong[] values) => OfArray(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator Values(ReadOnlySpan<ulong> values) => Of<ulong>(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator Values(Span<ulong> values) => Of<ulong>(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator Values(short[] values) => OfArray(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator Values(ReadOnlySpan<short> values) => Of<short>(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator Values(Span<short> values) => Of<short>(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator Values(ushort[] values) => OfArray(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator Values(ReadOnlySpan<ushort> values) => Of<ushort>(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator Values(Span<ushort> values) => Of<ushort>(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator Values(byte[] values) => OfArray(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator Values(ReadOnlySpan<byte> values) => Of<byte>(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator Values(Span<byte> values) => Of<byte>(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator Values(sbyte[] values) => OfArray(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator Values(ReadOnlySpan<sbyte> values) => Of<sbyte>(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator Values(Span<sbyte> values) => Of<sbyte>(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator Values(bool[] values) => OfBooleans(values ?? throw new ArgumentNullException(nameof(values)));

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator Values(ReadOnlySpan<bool> values) => OfBooleans(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator Values(Span<bool> values) => OfBooleans(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator Values(List<double> values) => OfList(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator Values(List<float> values) => OfList(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator Values(List<int> values) => OfList(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator Values(List<long> values) => OfList(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator Values(ArraySegment<double> values) => Of<double>(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator Values(Memory<double> values) => Of<double>(values.Span);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator Values(ReadOnlyMemory<double> values) => Of<double>(values.Span);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator Values(ArraySegment<float> values) => Of<float>(values);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator Values(Memory<float> values) => Of<float>(values.Span);

    /// <summary>Values.</summary>
    /// <param name="values">The values.</param>
    public static implicit operator Values(ReadOnlyMemory<float> values) => Of<float>(values.Span);
}
