using System.Globalization;
using Metrana.Native;
using Metrana.Native.Interop;

namespace Metrana.Backends;

/// <summary>What the parts of a call have to do with each other, for those who take a call apart without the engine.</summary>
internal static class CallShape
{
    /// <summary>Names a series, whatever the order of its labels.</summary>
    public static string Key(string metric, string scale, IReadOnlyDictionary<string, string> labels) => labels.Count == 0
        ? $"{metric}\n{scale}\n"
        : $"{metric}\n{scale}\n{string.Join('\n', labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}"))}";

    public static Dictionary<string, string> LabelsOf(LabelSpan labels)
    {
        Dictionary<string, string> all = new(labels.Count);
        foreach ((string key, string value) in labels)
        {
            all[key] = value;
        }

        return all;
    }

    public static double[] Wide(ReadOnlySpan<float> values)
    {
        double[] wide = new double[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            wide[i] = values[i];
        }

        return wide;
    }

    /// <summary>What is given for one value of a grid; null where nothing is.</summary>
    public static long? Pick(Spread spread, int row, int at) => spread.Kind switch
    {
        SpreadKind.None => null,
        SpreadKind.Uniform => spread.Value,
        SpreadKind.PerEnvironment => spread.Values[row],
        _ => spread.Values[at],
    };

    /// <summary>The engine checks names; where there is none, what is certainly no name is refused as it does.</summary>
    public static void CheckName(string metric)
    {
        ArgumentNullException.ThrowIfNull(metric);
        if (metric.Length == 0)
        {
            throw MetricValidationException.Of("invalid metric name: the name must not be empty");
        }
    }

    public static void Check(scoped in StdCall call, int values)
    {
        if (call.Steps.Kind == StepsKind.Each && call.Steps.Values.Length != values)
        {
            throw MetricValidationException.Of(
                $"{Wording.Count(values, "value")} came with {Wording.Count(call.Steps.Values.Length, "step")}: give one step for each value, or the first one.");
        }

        if (call.Timestamps.Kind == TimestampsKind.Each && call.Timestamps.Values.Length != values)
        {
            throw MetricValidationException.Of(
                $"{Wording.Count(values, "value")} came with {Wording.Count(call.Timestamps.Values.Length, "timestamp")}: give one for each value, or one for all.");
        }
    }

    /// <summary>The engine checks what a strategy counts by; where there is none, this does.</summary>
    public static void CheckStrategy(scoped in RlBlock block)
    {
        if (block.Strategy == StepStrategy.AcrossRlSteps && block.Steps.Spread.Kind == SpreadKind.None)
        {
            throw MetricValidationException.Of("StepStrategy.AcrossRlSteps needs the environment steps: pass 'steps', the first one or one for each value").About(block.Metric);
        }

        if (block.Strategy == StepStrategy.FromOne && block.Episodes.Spread.Kind == SpreadKind.None)
        {
            throw MetricValidationException.Of("StepStrategy.FromOne needs episodes: pass 'episodes'").About(block.Metric);
        }
    }

    public static void CheckBins(ReadOnlySpan<double> edges, int bins)
    {
        if (bins == 0 || edges.Length != bins + 1)
        {
            throw MetricValidationException.Of($"{Wording.Count(bins, "bin")} came with {Wording.Count(edges.Length, "edge")}: give one edge more than bins.");
        }

        for (int i = 0; i < edges.Length; i++)
        {
            if (!double.IsFinite(edges[i]) || (i > 0 && edges[i] <= edges[i - 1]))
            {
                throw MetricValidationException.Of(string.Create(
                    CultureInfo.InvariantCulture, $"The edge at index {i} is {edges[i]}: edges are finite, each greater than the one before."));
            }
        }
    }

    public static void CheckSpread(Spread spread, int environments, int values, string what)
    {
        int wanted = spread.Kind switch
        {
            SpreadKind.PerEnvironment => environments,
            SpreadKind.Grid => values,
            _ => spread.Values.Length,
        };
        if (spread.Values.Length != wanted)
        {
            throw MetricValidationException.Of($"{Wording.Count(spread.Values.Length, what)} came with {Wording.Count(values, "value")} of {Wording.Count(environments, "environment")}: give "
                + (values == environments ? "one for all, or one for each." : "one for all, one for each environment, or one for each value."));
        }
    }
}
