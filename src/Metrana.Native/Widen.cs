namespace Metrana.Native;

/// <summary>
/// Values of other types as the ones that can be logged, exactly: what would have to be rounded is refused. The forms with
/// a buffer allocate nothing and give back the part of it that they filled.
/// </summary>
public static class Widen
{
    /// <summary>Up to here, on both sides of 0, each whole number is a double of its own.</summary>
    private const long LargestExact = 1L << 53;

    /// <summary>A whole number as a double.</summary>
    /// <param name="value">The number.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is beyond 2^53, where doubles are further apart than 1.</exception>
    public static double ToDouble(long value) =>
        value is >= -LargestExact and <= LargestExact ? value : throw Inexact(nameof(value), value, "The value");

    /// <summary>A whole number as a double.</summary>
    /// <param name="value">The number.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is beyond 2^53, where doubles are further apart than 1.</exception>
    public static double ToDouble(ulong value) =>
        value <= LargestExact ? value : throw Inexact(nameof(value), value, "The value");

    /// <summary>Whole numbers as doubles.</summary>
    /// <param name="values">The numbers.</param>
    /// <param name="buffer">Room for as many.</param>
    /// <returns>The part of the buffer that was filled.</returns>
    /// <exception cref="ArgumentException">The buffer is too short.</exception>
    /// <exception cref="ArgumentOutOfRangeException">One is beyond 2^53, where doubles are further apart than 1.</exception>
    public static Span<double> ToDouble(ReadOnlySpan<long> values, Span<double> buffer)
    {
        Span<double> filled = Part(buffer, values.Length);
        for (int i = 0; i < values.Length; i++)
        {
            long value = values[i];
            filled[i] = value is >= -LargestExact and <= LargestExact
                ? value
                : throw Inexact(nameof(values), value, $"The value at index {i}");
        }

        return filled;
    }

    /// <summary>Whole numbers as doubles.</summary>
    /// <param name="values">The numbers.</param>
    /// <exception cref="ArgumentOutOfRangeException">One is beyond 2^53, where doubles are further apart than 1.</exception>
    public static double[] ToDouble(ReadOnlySpan<long> values)
    {
        double[] widened = new double[values.Length];
        ToDouble(values, widened);
        return widened;
    }

    /// <summary>Whole numbers as doubles.</summary>
    /// <param name="values">The numbers.</param>
    /// <param name="buffer">Room for as many.</param>
    /// <returns>The part of the buffer that was filled.</returns>
    /// <exception cref="ArgumentException">The buffer is too short.</exception>
    public static Span<double> ToDouble(ReadOnlySpan<int> values, Span<double> buffer)
    {
        Span<double> filled = Part(buffer, values.Length);
        for (int i = 0; i < values.Length; i++)
        {
            filled[i] = values[i];
        }

        return filled;
    }

    /// <summary>Whole numbers as doubles.</summary>
    /// <param name="values">The numbers.</param>
    public static double[] ToDouble(ReadOnlySpan<int> values)
    {
        double[] widened = new double[values.Length];
        ToDouble(values, widened);
        return widened;
    }

    /// <summary>Values of half precision as floats.</summary>
    /// <param name="values">The values.</param>
    /// <param name="buffer">Room for as many.</param>
    /// <returns>The part of the buffer that was filled.</returns>
    /// <exception cref="ArgumentException">The buffer is too short.</exception>
    public static Span<float> ToSingle(ReadOnlySpan<Half> values, Span<float> buffer)
    {
        Span<float> filled = Part(buffer, values.Length);
        for (int i = 0; i < values.Length; i++)
        {
            filled[i] = (float)values[i];
        }

        return filled;
    }

    /// <summary>Values of half precision as floats.</summary>
    /// <param name="values">The values.</param>
    public static float[] ToSingle(ReadOnlySpan<Half> values)
    {
        float[] widened = new float[values.Length];
        ToSingle(values, widened);
        return widened;
    }

    private static Span<T> Part<T>(Span<T> buffer, int length) =>
        buffer.Length >= length
            ? buffer[..length]
            : throw new ArgumentException($"The buffer has room for {buffer.Length} values, {length} are needed.", nameof(buffer));

    private static ArgumentOutOfRangeException Inexact(string parameter, object value, string which) =>
        new(parameter, value, $"{which} is beyond 2^53, so it would have to be rounded. Convert it to double where that is meant.");
}
