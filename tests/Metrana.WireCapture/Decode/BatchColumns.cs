using Google.Protobuf.Collections;

namespace Metrana.WireCapture.Decode;

/// <summary>The columns that every batch of floats has: values at one of two precisions, steps and timestamps in one of two forms.</summary>
internal sealed class BatchColumns
{
    /// <summary>The values at double precision.</summary>
    public required RepeatedField<double> Values { get; init; }

    /// <summary>The values at single precision, in place of the others.</summary>
    public required RepeatedField<float> ValuesF32 { get; init; }

    /// <summary>The step of the first value, or null.</summary>
    public required ulong? FirstStep { get; init; }

    /// <summary>A step for each value, in place of the first.</summary>
    public required RepeatedField<ulong> Steps { get; init; }

    /// <summary>The time of all values, or null.</summary>
    public required long? TimestampMillis { get; init; }

    /// <summary>A time for each value, in place of the one.</summary>
    public required RepeatedField<long> TimestampsMillis { get; init; }

    /// <summary>Spells the points out, each with everything it has.</summary>
    /// <exception cref="InvalidDataException">The columns do not fit each other.</exception>
    public List<DecodedPoint> Points()
    {
        Exclusive("values and values_f32", Values.Count > 0, ValuesF32.Count > 0);
        Exclusive("a first step and steps", FirstStep is not null, Steps.Count > 0);
        Exclusive("timestamp_millis and timestamps_millis", TimestampMillis is not null, TimestampsMillis.Count > 0);

        var single = ValuesF32.Count > 0;
        var count = single ? ValuesF32.Count : Values.Count;
        SameLength("steps", FirstStep is not null, Steps.Count, count);
        SameLength("timestamps_millis", TimestampMillis is not null, TimestampsMillis.Count, count);

        var points = new List<DecodedPoint>(count);
        for (var i = 0; i < count; i++)
        {
            points.Add(new DecodedPoint(
                FirstStep is { } first ? checked(first + (ulong)i) : Steps[i],
                TimestampMillis ?? TimestampsMillis[i],
                BitConverter.DoubleToInt64Bits(single ? ValuesF32[i] : Values[i]),
                single));
        }

        return points;
    }

    private static void Exclusive(string what, bool first, bool second)
    {
        if (first && second)
        {
            throw new InvalidDataException($"A batch has both {what}.");
        }
    }

    private static void SameLength(string what, bool one, int length, int count)
    {
        if (!one && length != count)
        {
            throw new InvalidDataException($"A batch of {count} values has {length} {what}.");
        }
    }
}
