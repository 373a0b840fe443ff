using Metrana.Protobuf.Ingestion.V1.Types;

namespace Metrana.WireCapture.Decode;

/// <summary>Spells out a batch of points: each form of steps, timestamps and values.</summary>
internal static class PointBatches
{
    public static List<DecodedPoint> Points(PointBatch batch) => new BatchColumns
    {
        Values = batch.Values,
        ValuesF32 = batch.ValuesF32,
        FirstStep = batch.HasFirstStep ? batch.FirstStep : null,
        Steps = batch.Steps,
        TimestampMillis = batch.HasTimestampMillis ? batch.TimestampMillis : null,
        TimestampsMillis = batch.TimestampsMillis,
    }.Points();
}
