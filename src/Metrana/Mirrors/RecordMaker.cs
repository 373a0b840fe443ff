using System.Runtime.CompilerServices;
using Metrana.Backends;
using Metrana.Native;
using static Metrana.Backends.CallShape;

namespace Metrana.Mirrors;

/// <summary>Makes records of calls: everything that a call brought is copied, and what it left out is put in.</summary>
internal sealed class RecordMaker(TimeProvider clock)
{
    private static readonly Dictionary<string, string> _noLabels = [];

    private readonly StepCounts _steps = new();
    private readonly ConditionalWeakTable<Labels, Dictionary<string, string>> _kept = [];

    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>Looks a series up before its call, because a new one counts on from what was there before.</summary>
    public Met Meet(string metric, Native.Scale scale, LabelSpan labels, Backend backend)
    {
        Dictionary<string, string> all = Keep(labels);
        string series = Key(metric, scale.Name, all);
        return new Met(all, _steps.Find(series) ?? _steps.Add(series, LastStep(metric, scale, labels, backend)));
    }

    public PointsRecord Points(string metric, Met series, scoped in StdCall call, ReadOnlySpan<double> values)
    {
        DateTimeOffset now = Now;
        long[] steps = new long[values.Length];
        long first = call.Steps.Kind switch
        {
            StepsKind.From => call.Steps.First,
            StepsKind.Each => 0,
            _ => series.Count.Take(values.Length),
        };
        for (int i = 0; i < steps.Length; i++)
        {
            steps[i] = call.Steps.Kind == StepsKind.Each ? call.Steps.Values[i] : first + i;
        }

        if (call.Steps.Kind != StepsKind.Auto)
        {
            foreach (long step in steps)
            {
                series.Count.Note(step);
            }
        }

        return new PointsRecord
        {
            Time = now,
            Metric = metric,
            Scale = call.Scale.Name,
            Labels = series.Labels,
            Values = values.ToArray(),
            Steps = steps,
            Timestamps = Times(call.Timestamps, values.Length, now),
            Distributed = call.Distributed,
        };
    }

    public RlPointsRecord Points(scoped in RlBlock block, ReadOnlySpan<double> values)
    {
        DateTimeOffset now = Now;
        Dictionary<string, string> labels = Keep(block.Labels);
        string series = Key(block.Metric, block.Scale.Name, labels);
        int rows = block.Environments.Count;
        int width = rows == 0 ? 0 : values.Length / rows;
        Spread episodes = block.Episodes.Spread.For(rows, values.Length);
        Spread given = block.Steps.Spread.For(rows, values.Length);
        Spread times = block.Timestamps.Spread.For(rows, values.Length);
        string[] environments = new string[rows];
        long[] steps = new long[values.Length];
        long[] ofEpisodes = episodes.Kind == SpreadKind.None ? [] : new long[values.Length];
        long[] timestamps = new long[values.Length];
        int row = 0;
        foreach (string environment in block.Environments)
        {
            environments[row] = environment;
            StepCounts.Lane lane = _steps.Of(series, environment);
            for (int column = 0; column < width; column++)
            {
                int at = (row * width) + column;
                long? episode = Pick(episodes, row, at);
                long? step = Pick(given, row, at) is not { } said ? null : given.Kind == SpreadKind.Grid ? said : said + column;
                steps[at] = lane.Take(block.RlStep, episode, step);
                timestamps[at] = Pick(times, row, at) ?? now.ToUnixTimeMilliseconds();
                if (episode is { } number)
                {
                    ofEpisodes[at] = number;
                }
            }

            row++;
        }

        return new RlPointsRecord
        {
            Time = now,
            Metric = block.Metric,
            Scale = block.Scale.Name,
            Labels = labels,
            RlStep = block.RlStep,
            Environments = environments,
            Width = width,
            Values = values.ToArray(),
            Steps = steps,
            Episodes = ofEpisodes,
            Timestamps = timestamps,
        };
    }

    public HistogramRecord Histogram(Met series, scoped in SetCall call, scoped in BinnedValues bins)
    {
        DateTimeOffset now = Now;
        series.Count.Note(call.Step);
        return new HistogramRecord
        {
            Time = now,
            Metric = call.Metric,
            Scale = call.Scale.Name,
            Labels = series.Labels,
            Step = call.Step,
            Timestamp = Times(call.Timestamps, 1, now)[0],
            Edges = bins.Edges.ToArray(),
            Counts = bins.Counts.ToArray(),
            Densities = bins.Densities.ToArray(),
        };
    }

    public ScatterRecord Scatter(
        Met series, scoped in SetCall call, ReadOnlySpan<double> xs, ReadOnlySpan<double> ys, ReadOnlySpan<double> zs, AxisTitles titles)
    {
        DateTimeOffset now = Now;
        series.Count.Note(call.Step);
        return new ScatterRecord
        {
            Time = now,
            Metric = call.Metric,
            Scale = call.Scale.Name,
            Labels = series.Labels,
            Step = call.Step,
            Timestamp = Times(call.Timestamps, 1, now)[0],
            Xs = xs.ToArray(),
            Ys = ys.ToArray(),
            Zs = zs.ToArray(),
            Titles = titles,
        };
    }

    private static long? LastStep(string metric, Native.Scale scale, LabelSpan labels, Backend backend)
    {
        try
        {
            return backend.GetLastStep(metric, scale, labels);
        }
        catch (Exception e) when (e is MetranaException or ArgumentException)
        {
            // The call itself will say what is wrong with it.
            return null;
        }
    }

    private static long[] Times(Timestamps timestamps, int values, DateTimeOffset now)
    {
        if (timestamps.Kind == TimestampsKind.Each)
        {
            return timestamps.Values.ToArray();
        }

        long[] all = new long[values];
        Array.Fill(all, timestamps.Kind == TimestampsKind.At ? timestamps.Millis : now.ToUnixTimeMilliseconds());
        return all;
    }

    /// <summary>Labels that outlive the call. Those of a handle are converted once.</summary>
    private Dictionary<string, string> Keep(LabelSpan labels) =>
        labels.Count == 0 ? _noLabels
        : labels.Kept is { } kept ? _kept.GetValue(kept, static labels => LabelsOf(labels))
        : LabelsOf(labels);

    /// <summary>A series that was looked up.</summary>
    public readonly record struct Met(Dictionary<string, string> Labels, StepCounts.Count Count);
}
