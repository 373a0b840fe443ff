using Metrana.Mirrors;
using Metrana.Native;

namespace Metrana.Backends;

/// <summary>
/// Makes each call where it is to be made, and when that has taken it, hands a copy to the mirrors. What is refused there
/// reaches no mirror.
/// </summary>
internal sealed class MirroringBackend(Backend inner, MirrorSet mirrors) : Backend
{
    private static readonly string[] _none = [];

    private readonly RecordMaker _records = mirrors.Records;

    public override bool RunWasCreated => inner.RunWasCreated;

    public override string RunId => inner.RunId;

    public override string? Stopped => inner.Stopped;

    public override Metrics Metrics => inner.Metrics;

    public override void Log(scoped in StdCall call, ReadOnlySpan<double> values)
    {
        CallShape.Check(call, values.Length);
        RecordMaker.Met series = _records.Meet(call.Metric, call.Scale, call.Labels, inner);
        inner.Log(call, values);
        mirrors.Add(_records.Points(call.Metric, series, call, values));
    }

    public override void Log(scoped in StdCall call, ReadOnlySpan<float> values)
    {
        CallShape.Check(call, values.Length);
        RecordMaker.Met series = _records.Meet(call.Metric, call.Scale, call.Labels, inner);
        inner.Log(call, values);
        mirrors.Add(_records.Points(call.Metric, series, call, CallShape.Wide(values)));
    }

    public override void LogTogether(scoped in StdCall shared, ReadOnlySpan<(string Metric, double Value)> metrics)
    {
        CallShape.Check(shared, 1);
        RecordMaker.Met[] series = new RecordMaker.Met[metrics.Length];
        for (int i = 0; i < series.Length; i++)
        {
            series[i] = _records.Meet(metrics[i].Metric, shared.Scale, shared.Labels, inner);
        }

        inner.LogTogether(shared, metrics);
        for (int i = 0; i < series.Length; i++)
        {
            double value = metrics[i].Value;
            mirrors.Add(_records.Points(metrics[i].Metric, series[i], shared, new ReadOnlySpan<double>(in value)));
        }
    }

    public override void Log(scoped in RlBlock block, ReadOnlySpan<double> values)
    {
        Check(block, values.Length);
        inner.Log(block, values);
        mirrors.Add(_records.Points(block, values));
    }

    public override void Log(scoped in RlBlock block, ReadOnlySpan<float> values)
    {
        Check(block, values.Length);
        inner.Log(block, values);
        mirrors.Add(_records.Points(block, CallShape.Wide(values)));
    }

    public override void LogHistogram(scoped in SetCall call, scoped in BinnedValues bins)
    {
        RecordMaker.Met series = _records.Meet(call.Metric, call.Scale, call.Labels, inner);
        inner.LogHistogram(call, bins);
        mirrors.Add(_records.Histogram(series, call, bins));
    }

    public override void LogScatter(
        scoped in SetCall call, ReadOnlySpan<double> xs, ReadOnlySpan<double> ys, ReadOnlySpan<double> zs, bool is3D, AxisTitles titles)
    {
        RecordMaker.Met series = _records.Meet(call.Metric, call.Scale, call.Labels, inner);
        inner.LogScatter(call, xs, ys, zs, is3D, titles);
        mirrors.Add(_records.Scatter(series, call, xs, ys, zs, titles));
    }

    public override void LogAttributes(string prefix, IReadOnlyDictionary<string, object?> leaves)
    {
        inner.LogAttributes(prefix, leaves);
        Dictionary<string, object?> values = new(leaves.Count);
        foreach ((string path, object? value) in leaves)
        {
            values[path.Length == 0 ? prefix : prefix.Length == 0 ? path : $"{prefix}/{path}"] = value;
        }

        mirrors.Add(new AttributesRecord { Time = _records.Now, Values = values });
    }

    public override void LogEnvironmentAttributes(string environment, IReadOnlyDictionary<string, object?> leaves, long? episode)
    {
        inner.LogEnvironmentAttributes(environment, leaves, episode);
        mirrors.Add(new EnvironmentAttributesRecord
        {
            Time = _records.Now,
            Environment = environment,
            Episode = episode,
            Values = new Dictionary<string, object?>(leaves),
        });
    }

    public override void Annotate(string path, string text, long? step, IReadOnlyDictionary<string, object?> metadata)
    {
        inner.Annotate(path, text, step, metadata);
        mirrors.Add(new AnnotationRecord { Time = _records.Now, Path = path, Text = text, Step = step, Metadata = metadata });
    }

    public override void SetTags(string[] tags)
    {
        inner.SetTags(tags);
        mirrors.Add(new TagsRecord { Time = _records.Now, Replaces = true, Added = [.. tags], Removed = _none });
    }

    public override void UpdateTags(string[] added, string[] removed)
    {
        inner.UpdateTags(added, removed);
        mirrors.Add(new TagsRecord { Time = _records.Now, Added = [.. added], Removed = [.. removed] });
    }

    public override void SetDescription(string description)
    {
        inner.SetDescription(description);
        mirrors.Add(new DescriptionRecord { Time = _records.Now, Text = description });
    }

    public override long? GetLastStep(string metric, Native.Scale scale, LabelSpan labels) => inner.GetLastStep(metric, scale, labels);

    public override (long? RlStep, long? Episode) GetEnvironmentProgress(string environment) => inner.GetEnvironmentProgress(environment);

    public override long? GetLastRlStep() => inner.GetLastRlStep();

    public override Native.Series? FindHandle(string metric, Native.Scale scale, LabelSpan labels)
    {
        // The handle is the engine's alone: its calls would pass the mirrors by. But it refuses what the engine refuses.
        _ = inner.FindHandle(metric, scale, labels);
        return null;
    }

    public override IReadOnlyList<SenderError> TakeErrors() => inner.TakeErrors();

    public override void Flush(TimeSpan? timeout) => inner.Flush(timeout);

    public override Task FlushAsync(TimeSpan? timeout, CancellationToken cancellationToken) => inner.FlushAsync(timeout, cancellationToken);

    public override void End(EndOfRun end) => inner.End(end);

    public override Task EndAsync(EndOfRun end) => inner.EndAsync(end);

    /// <summary>A run that waits for its service checks nothing yet, and a mirror must not trip over what it is told.</summary>
    private static void Check(scoped in RlBlock block, int values)
    {
        CallShape.CheckStrategy(block);
        int environments = block.Environments.Count;
        RlCall.Check(block.Metric, block.RlStep, environments, values, block.Width);
        CallShape.CheckSpread(block.Episodes.Spread.For(environments, values), environments, values, "episode");
        CallShape.CheckSpread(block.Steps.Spread.For(environments, values), environments, values, "step");
        CallShape.CheckSpread(block.Timestamps.Spread.For(environments, values), environments, values, "timestamp");
    }
}
