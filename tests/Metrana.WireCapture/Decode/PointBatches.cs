using Metrana.Protobuf.Ingestion.V1.Types;

namespace Metrana.WireCapture.Decode;

/// <summary>Spells out a batch of points: each form of steps, timestamps and values.</summary>
internal static class PointBatches
{
    public static List<DecodedPoint> Points(PointBatch batch)
    {
        Exclusive("values and values_f32", batch.Values.Count > 0, batch.ValuesF32.Count > 0);
        Exclusive("first_step and steps", batch.HasFirstStep, batch.Steps.Count > 0);
        Exclusive("timestamp_millis and timestamps_millis", batch.HasTimestampMillis, batch.TimestampsMillis.Count > 0);

        var single = batch.ValuesF32.Count > 0;
        var count = single ? batch.ValuesF32.Count : batch.Values.Count;
        SameLength("steps", batch.HasFirstStep, batch.Steps.Count, count);
        SameLength("timestamps_millis", batch.HasTimestampMillis, batch.TimestampsMillis.Count, count);

        var points = new List<DecodedPoint>(count);
        for (var i = 0; i < count; i++)
        {
            var value = single ? batch.ValuesF32[i] : batch.Values[i];
            points.Add(new DecodedPoint(
                batch.HasFirstStep ? batch.FirstStep + (ulong)i : batch.Steps[i],
                batch.HasTimestampMillis ? batch.TimestampMillis : batch.TimestampsMillis[i],
                BitConverter.DoubleToInt64Bits(value),
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
