using Metrana.Mirrors;

namespace Metrana.Syvain;

/// <summary>What the points of a run are as metrics.</summary>
internal static class MirroredMetrics
{
    private const string DefaultScale = "ML_STEP";

    public static IEnumerable<Action<Experiment>> Of(PointsRecord points)
    {
        Metadata facts = Facts(points);
        for (int i = 0; i < points.Values.Length; i++)
        {
            int at = i;
            yield return experiment => experiment.Metric(
                points.Metric, points.Values.Span[at], points.Steps.Span[at], facts, Time(points.Timestamps.Span[at]));
        }
    }

    public static IEnumerable<Action<Experiment>> Of(RlPointsRecord points, bool everyEnvironment)
    {
        if (points.Values.Length == 0)
        {
            yield break;
        }

        if (!everyEnvironment)
        {
            Metadata facts = Facts(points);
            double mean = Mean(points.Values.Span);
            yield return experiment => experiment.Metric(points.Metric, mean, points.RlStep, facts, Time(points.Timestamps.Span[^1]));
            yield break;
        }

        for (int row = 0; row < points.Environments.Count; row++)
        {
            Metadata facts = Facts(points);
            facts["environment"] = points.Environments[row];
            for (int i = row * points.Width; i < (row + 1) * points.Width; i++)
            {
                int at = i;
                yield return experiment => experiment.Metric(
                    points.Metric, points.Values.Span[at], points.Steps.Span[at], facts, Time(points.Timestamps.Span[at]));
            }
        }
    }

    /// <summary>The labels, and the scale where it is another than that of nearly all series.</summary>
    private static Metadata Facts(MetricRecord record)
    {
        Metadata facts = Metadata.From(record.Labels.Select(label => KeyValuePair.Create<string, object?>(label.Key, label.Value)));
        if (record.Scale != DefaultScale)
        {
            facts["scale"] = record.Scale;
        }

        return facts;
    }

    /// <summary>A record's times are milliseconds, also those of 1970.</summary>
    private static EventTime Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(Math.Max(0, milliseconds));

    private static double Mean(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values)
        {
            sum += value;
        }

        return sum / values.Length;
    }
}
