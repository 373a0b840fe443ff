using Metrana.Native;

namespace Metrana.Backends;

/// <summary>Sends the calls of a run to the engine, for as long as it takes them.</summary>
internal sealed class LoggerBackend(Logger logger, LabelWatch watch, StoppedEngine stopped) : Backend
{
    [ThreadStatic]
    private static LogBatch? _batch;

    private volatile bool _ending;
    private volatile IReadOnlyList<SenderError> _lastErrors = [];

    public override bool RunWasCreated => logger.RunWasCreated;

    public override string RunId => logger.RunIdHex;

    public override Metrics Metrics => stopped.With(logger.GetMetrics());

    public override string? Stopped => stopped.Reason;

    public override bool HasHandles => stopped.Reason is null;

    public override void Log(scoped in StdCall call, ReadOnlySpan<double> values)
    {
        if (stopped.Takes(DataKind.Floats, values.Length))
        {
            return;
        }

        try
        {
            if (call.Distributed)
            {
                logger.LogDistributedFloats(call.Metric, call.Scale, values, call.Steps, call.Labels, call.Timestamps);
            }
            else
            {
                logger.LogStdFloats(call.Metric, call.Scale, values, call.Steps, call.Labels, call.Timestamps);
            }

            watch.Note(call.Metric, call.Labels);
        }
        catch (Exception e) when (IsExcused(e, DataKind.Floats, values.Length))
        {
        }
    }

    public override void Log(scoped in StdCall call, ReadOnlySpan<float> values)
    {
        if (stopped.Takes(DataKind.Floats, values.Length))
        {
            return;
        }

        try
        {
            if (call.Distributed)
            {
                logger.LogDistributedFloats(call.Metric, call.Scale, values, call.Steps, call.Labels, call.Timestamps);
            }
            else
            {
                logger.LogStdFloats(call.Metric, call.Scale, values, call.Steps, call.Labels, call.Timestamps);
            }

            watch.Note(call.Metric, call.Labels);
        }
        catch (Exception e) when (IsExcused(e, DataKind.Floats, values.Length))
        {
        }
    }

    public override void LogTogether(scoped in StdCall shared, ReadOnlySpan<(string Metric, double Value)> metrics)
    {
        if (stopped.Takes(DataKind.Floats, metrics.Length))
        {
            return;
        }

        LogBatch batch = _batch ??= new LogBatch();
        batch.Clear();
        try
        {
            foreach ((string metric, double value) in metrics)
            {
                batch.Add(metric, shared.Scale, value, shared.Steps, shared.Labels, shared.Timestamps, shared.Distributed);
            }

            logger.Log(batch);
            foreach ((string metric, _) in metrics)
            {
                watch.Note(metric, shared.Labels);
            }
        }
        catch (Exception e) when (IsExcused(e, DataKind.Floats, metrics.Length))
        {
        }
    }

    public override void Log(scoped in RlBlock block, ReadOnlySpan<double> values)
    {
        if (stopped.Takes(DataKind.RlFloats, values.Length))
        {
            return;
        }

        try
        {
            logger.LogRlFloats(
                block.Metric, block.Scale, values, block.RlStep, block.Environments, block.Episodes, labels: block.Labels, steps: block.Steps,
                timestamps: block.Timestamps, width: block.Width, strategy: block.Strategy);
            watch.Note(block.Metric, block.Labels);
        }
        catch (Exception e) when (IsExcused(e, DataKind.RlFloats, values.Length))
        {
        }
    }

    public override void Log(scoped in RlBlock block, ReadOnlySpan<float> values)
    {
        if (stopped.Takes(DataKind.RlFloats, values.Length))
        {
            return;
        }

        try
        {
            logger.LogRlFloats(
                block.Metric, block.Scale, values, block.RlStep, block.Environments, block.Episodes, labels: block.Labels, steps: block.Steps,
                timestamps: block.Timestamps, width: block.Width, strategy: block.Strategy);
            watch.Note(block.Metric, block.Labels);
        }
        catch (Exception e) when (IsExcused(e, DataKind.RlFloats, values.Length))
        {
        }
    }

    public override void LogHistogram(scoped in SetCall call, scoped in BinnedValues bins)
    {
        if (stopped.Takes(DataKind.Histograms, 1))
        {
            return;
        }

        try
        {
            if (bins.Densities.IsEmpty)
            {
                logger.LogHistogram(call.Metric, call.Scale, bins.Edges, bins.Counts, call.Step, bins.Stats, call.Labels, call.Timestamps);
            }
            else
            {
                logger.LogDensityHistogram(
                    call.Metric, call.Scale, bins.Edges, bins.Densities, call.Step, bins.Stats, call.Labels, call.Timestamps);
            }

            watch.Note(call.Metric, call.Labels);
        }
        catch (Exception e) when (IsExcused(e, DataKind.Histograms, 1))
        {
        }
    }

    public override void LogScatter(
        scoped in SetCall call, ReadOnlySpan<double> xs, ReadOnlySpan<double> ys, ReadOnlySpan<double> zs, bool is3D, AxisTitles titles)
    {
        if (stopped.Takes(DataKind.Scatters, 1))
        {
            return;
        }

        try
        {
            if (is3D)
            {
                logger.LogScatter(call.Metric, call.Scale, xs, ys, zs, call.Step, titles, call.Labels, call.Timestamps);
            }
            else
            {
                logger.LogScatter(call.Metric, call.Scale, xs, ys, call.Step, titles, call.Labels, call.Timestamps);
            }

            watch.Note(call.Metric, call.Labels);
        }
        catch (Exception e) when (IsExcused(e, DataKind.Scatters, 1))
        {
        }
    }

    public override void LogAttributes(string prefix, IReadOnlyDictionary<string, object?> leaves) =>
        Quietly(() => logger.LogAttributes(prefix, leaves), DataKind.Attributes, leaves.Count);

    public override void LogEnvironmentAttributes(string environment, IReadOnlyDictionary<string, object?> leaves, long? episode) =>
        Quietly(() => logger.LogEnvironmentAttributes(environment, leaves, episode), DataKind.EnvironmentAttributes, leaves.Count);

    public override void SetTags(string[] tags) => Quietly(() => logger.SetTags(tags), DataKind.Attributes, 1);

    public override void UpdateTags(string[] added, string[] removed) =>
        Quietly(() => logger.UpdateTags(added, removed), DataKind.Attributes, 1);

    public override void SetDescription(string description) =>
        Quietly(() => logger.SetDescription(description), DataKind.Attributes, 1);

    public override long? GetLastStep(string metric, Native.Scale scale, LabelSpan labels) =>
        logger.GetSeriesLastStep(metric, scale, labels);

    public override (long? RlStep, long? Episode) GetEnvironmentProgress(string environment) =>
        logger.GetEnvironmentLastRlStepAndEpisode(environment);

    public override long? GetLastRlStep() => logger.ListEnvironments().Max(environment => environment.LastRlStep);

    public override Native.Series? FindHandle(string metric, Native.Scale scale, LabelSpan labels)
    {
        if (stopped.Reason is not null)
        {
            return null;
        }

        try
        {
            Native.Series series = logger.Series(metric, scale, labels);
            watch.Note(metric, labels);
            return series;
        }
        catch (MetranaException e) when (stopped.IsMet(e))
        {
            return null;
        }
    }

    public override Native.RlSeries? FindRlHandle(
        string metric, Native.Scale scale, LabelSpan labels, bool episodic, StepStrategy strategy)
    {
        if (stopped.Reason is not null)
        {
            return null;
        }

        try
        {
            Native.RlSeries series = logger.RlSeries(metric, scale, labels, episodic, strategy);
            watch.Note(metric, labels);
            return series;
        }
        catch (MetranaException e) when (stopped.IsMet(e))
        {
            return null;
        }
    }

    public override bool Outlives(MetranaException e) => stopped.IsMet(e);

    public override IReadOnlyList<SenderError> TakeErrors()
    {
        try
        {
            return logger.ExtractSenderErrors();
        }
        catch (ObjectDisposedException)
        {
            // The run has ended, and what it had not told is kept.
            IReadOnlyList<SenderError> last = _lastErrors;
            _lastErrors = [];
            return last;
        }
    }

    public override void Flush(TimeSpan? timeout) => logger.Flush(timeout);

    public override Task FlushAsync(TimeSpan? timeout, CancellationToken cancellationToken) =>
        logger.FlushAsync(timeout, cancellationToken);

    public override void End(EndOfRun end)
    {
        _ending = true;
        try
        {
            if (end.CloseRun)
            {
                logger.Close(end.ForTheService, end.Timeout);
            }
            else
            {
                logger.Shutdown(end.Timeout);
            }
        }
        finally
        {
            KeepLastErrors();
            logger.Dispose();
        }
    }

    public override async Task EndAsync(EndOfRun end)
    {
        _ending = true;
        try
        {
            await (end.CloseRun ? logger.CloseAsync(end.ForTheService, end.Timeout) : logger.ShutdownAsync(end.Timeout)).ConfigureAwait(false);
        }
        finally
        {
            KeepLastErrors();
            await logger.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Whether a call came while the run was ending, from a thread that trains on: a signal ends the run under it. Such a call
    /// must not look like a mistake of the program.
    /// </summary>
    private bool IsLate(Exception e) => e is LoggerClosedException or ObjectDisposedException && (_ending || ExitWatch.IsEnding);

    /// <summary>Whether a call that came to nothing must not be felt by the program: it is late, or met an engine that has stopped.</summary>
    private bool IsExcused(Exception e, DataKind kind, int points) =>
        IsLate(e) || (stopped.IsMet(e) && stopped.Takes(kind, points));

    /// <summary>For those who ask after the end, when there is no engine any more.</summary>
    private void KeepLastErrors()
    {
        try
        {
            _lastErrors = logger.ExtractSenderErrors();
        }
        catch (MetranaException)
        {
            // An engine that panicked tells nothing more, and has to be freed all the same.
        }
    }

    private void Quietly(Action call, DataKind kind, int points)
    {
        if (stopped.Takes(kind, points))
        {
            return;
        }

        try
        {
            call();
        }
        catch (Exception e) when (IsExcused(e, kind, points))
        {
        }
    }
}
