using Metrana.Native;

namespace Metrana.Tool.Importing;

/// <summary>Logs what is read of one run, with the client that every program uses, many points a call.</summary>
internal sealed class RunWriter(Run run, string name, ImportSurvey survey)
{
    private const int AtOnce = 8192;

    private readonly Dictionary<string, Batch> _batches = new(StringComparer.Ordinal);

    public Run Run => run;

    /// <summary>How many points were read of it. What the client counts as delivered holds attributes as well.</summary>
    public long Points { get; private set; }

    public void Write(ImportItem item)
    {
        Points += item.IsPoint ? 1 : 0;
        switch (item)
        {
            case ImportedPoint point:
                Add(point);
                break;
            case ImportedHistogram histogram:
                run.LogHistogram(
                    histogram.Series.Metric,
                    histogram.Bins,
                    histogram.Step,
                    histogram.Series.Scale,
                    LabelSpan.Of([.. histogram.Series.Labels]),
                    histogram.TimestampMillis is { } millis ? Timestamps.At(millis) : default);
                break;
            case ImportedScatter scatter:
                Log(scatter);
                break;
            case ImportedAttributes attributes:
                Add(attributes);
                break;
            case ImportedFailure failure:
                run.Fail(failure.Message);
                break;
        }
    }

    public void Finish()
    {
        foreach (var batch in _batches.Values)
        {
            Log(batch);
        }
    }

    private void Log(ImportedScatter scatter)
    {
        var labels = LabelSpan.Of([.. scatter.Series.Labels]);
        var at = scatter.TimestampMillis is { } millis ? Timestamps.At(millis) : default;
        if (scatter.Zs is { } zs)
        {
            run.LogScatter(scatter.Series.Metric, scatter.Xs.AsSpan(), scatter.Ys, zs, scatter.Step, scatter.Titles, scatter.Series.Scale, labels, at);
        }
        else
        {
            run.LogScatter(scatter.Series.Metric, scatter.Xs.AsSpan(), scatter.Ys, scatter.Step, scatter.Titles, scatter.Series.Scale, labels, at);
        }
    }

    private void Add(ImportedAttributes attributes)
    {
        if (attributes.Environment is { } environment)
        {
            run.LogEnvironmentAttributes(environment, attributes.Values, attributes.Episode);
            return;
        }

        // What begins with sys is the service's own; the tags have a call of their own.
        var values = attributes.Values.Where(pair => !pair.Key.StartsWith("sys/", StringComparison.Ordinal)).ToDictionary();
        if (values.Count > 0)
        {
            run.LogAttributes("", values);
        }

        if (attributes.ReplacesTags)
        {
            run.Tags.Set([.. attributes.Tags]);
        }
        else if (attributes.Tags.Count > 0)
        {
            run.Tags.Add([.. attributes.Tags]);
        }

        if (attributes.LostTags.Count > 0)
        {
            run.Tags.Remove([.. attributes.LostTags]);
        }

        if (attributes.Description is { } description)
        {
            run.SetDescription(description);
        }
    }

    private void Add(ImportedPoint point)
    {
        var key = $"{point.Series.Key}\0\0{point.Environment?.Name}";
        if (!_batches.TryGetValue(key, out var batch))
        {
            _batches[key] = batch = new Batch(point);
        }
        else if (!batch.Takes(point))
        {
            Log(batch);
            batch.Begin(point);
        }

        batch.Add(point);
        if (batch.Count >= AtOnce)
        {
            Log(batch);
            batch.Begin(point);
        }
    }

    private void Log(Batch batch)
    {
        if (batch.Count == 0)
        {
            return;
        }

        var first = batch.First;
        var series = first.Series;
        var labels = LabelSpan.Of([.. series.Labels]);
        var times = batch.Times;
        if (first.Environment is { } environment)
        {
            run.RlSeries(series.Metric, series.Scale, labels).Log(
                batch.Values,
                environment.RlStep,
                environment.Name,
                environment.Episode is { } episode ? Episodes.Of(episode) : default,
                EnvironmentSteps.Each(batch.Steps),
                batch.Count,
                timestamp: first.TimestampMillis is null ? default : RlTimestamps.Each(times));
            return;
        }

        var at = first.TimestampMillis is null ? default : Timestamps.Each(times);
        if (survey.IsUnordered(name, series))
        {
            run.LogDistributed(series.Metric, batch.Values, Steps.Each(batch.Steps), series.Scale, labels, at);
        }
        else
        {
            run.Log(series.Metric, batch.Values, Steps.Each(batch.Steps), series.Scale, labels, at);
        }
    }

    /// <summary>Points that go into one call.</summary>
    private sealed class Batch(ImportedPoint first)
    {
        private readonly List<long> _steps = [];
        private readonly List<long> _times = [];
        private readonly List<double> _values = [];

        public ImportedPoint First { get; private set; } = first;

        public int Count => _values.Count;

        public ReadOnlySpan<long> Steps => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_steps);

        public ReadOnlySpan<long> Times => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_times);

        public ReadOnlySpan<double> Values => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_values);

        /// <summary>All have a time or none; of an environment, all are of one step of the training and one episode.</summary>
        public bool Takes(ImportedPoint point) =>
            point.TimestampMillis is null == First.TimestampMillis is null && point.Environment == First.Environment;

        public void Begin(ImportedPoint point)
        {
            First = point;
            _steps.Clear();
            _times.Clear();
            _values.Clear();
        }

        public void Add(ImportedPoint point)
        {
            _steps.Add(point.Step);
            _values.Add(point.Value);
            if (point.TimestampMillis is { } millis)
            {
                _times.Add(millis);
            }
        }
    }
}
