using Metrana.Protobuf.Ingestion.V1.Types;

namespace Metrana.WireCapture.Decode;

/// <summary>Spells out a batch of reinforcement-learning points.</summary>
internal static class RlStepBatches
{
    public static IEnumerable<DecodedRlPoint> Points(RlStepBatch batch)
    {
        if (batch.TreatMinorsAsFlatSteps && batch.EnvStepsFromOne)
        {
            throw new InvalidDataException("The steps of a batch are both flat and counted from one.");
        }

        if (batch.EnvStepsFromOne && !batch.HasEpisode)
        {
            throw new InvalidDataException("The steps of a batch are counted from one and belong to no episode.");
        }

        var columns = new BatchColumns
        {
            Values = batch.Values,
            ValuesF32 = batch.ValuesF32,
            FirstStep = batch.HasFirstMinorStep ? batch.FirstMinorStep : null,
            Steps = batch.MinorSteps,
            TimestampMillis = batch.HasTimestampMillis ? batch.TimestampMillis : null,
            TimestampsMillis = batch.TimestampsMillis,
        };
        return columns.Points().Select(point => new DecodedRlPoint(
            batch.RlStep,
            batch.HasEpisode ? batch.Episode : null,
            batch.TreatMinorsAsFlatSteps,
            batch.EnvStepsFromOne,
            point));
    }
}
