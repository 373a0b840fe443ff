using Metrana.Native;

namespace Metrana.Backends;

/// <summary>Where the calls of a run go: to the engine, into memory, or nowhere. Every member may be used by any number of threads.</summary>
internal abstract class Backend
{
    /// <summary>Whether this process created the run, rather than joining it.</summary>
    public abstract bool RunWasCreated { get; }

    /// <summary>The service's own id of the run.</summary>
    public abstract string RunId { get; }

    /// <summary>Why the engine takes nothing more although the run goes on; null where it takes everything.</summary>
    public virtual string? Stopped => null;

    /// <summary>The counters, as the engine keeps them.</summary>
    public abstract Metrics Metrics { get; }

    /// <summary>What they come to.</summary>
    public RunDelivery Delivery
    {
        get
        {
            KindMetrics all = Metrics.Total();
            return new RunDelivery
            {
                Added = all.Added,
                Sent = all.Sent,
                Dropped = all.Refused + all.Dropped,
                Pending = all.Pending + all.Spooled,
            };
        }
    }

    public abstract void Log(scoped in StdCall call, ReadOnlySpan<double> values);

    public abstract void Log(scoped in StdCall call, ReadOnlySpan<float> values);

    /// <summary>Logs one value each of several metrics, all or none. What they share is in <paramref name="shared"/>; its metric is not used.</summary>
    public abstract void LogTogether(scoped in StdCall shared, ReadOnlySpan<(string Metric, double Value)> metrics);

    public abstract void Log(scoped in RlBlock block, ReadOnlySpan<double> values);

    public abstract void Log(scoped in RlBlock block, ReadOnlySpan<float> values);

    public abstract void LogHistogram(scoped in SetCall call, scoped in BinnedValues bins);

    public abstract void LogScatter(
        scoped in SetCall call, ReadOnlySpan<double> xs, ReadOnlySpan<double> ys, ReadOnlySpan<double> zs, bool is3D, AxisTitles titles);

    /// <summary>Writes attributes of the run: paths below the prefix and plain values.</summary>
    public abstract void LogAttributes(string prefix, IReadOnlyDictionary<string, object?> leaves);

    /// <summary>Marks a moment. The protocol has no place for it of its own, so it is attributes under its path.</summary>
    public virtual void Annotate(string path, string text, long? step, IReadOnlyDictionary<string, object?> metadata)
    {
        Dictionary<string, object?> all = new() { ["text"] = text };
        if (step is { } at)
        {
            all["step"] = at;
        }

        foreach ((string key, object? value) in metadata)
        {
            all[$"metadata/{key}"] = value;
        }

        LogAttributes(path, all);
    }

    public abstract void LogEnvironmentAttributes(string environment, IReadOnlyDictionary<string, object?> leaves, long? episode);

    public abstract void SetTags(string[] tags);

    public abstract void UpdateTags(string[] added, string[] removed);

    public abstract void SetDescription(string description);

    public abstract long? GetLastStep(string metric, Native.Scale scale, LabelSpan labels);

    public abstract (long? RlStep, long? Episode) GetEnvironmentProgress(string environment);

    /// <summary>The greatest training step of all environments; null where there is none.</summary>
    public virtual long? GetLastRlStep() => null;

    /// <summary>Whether there are handles now: a run that waits for its service has them later, and one whose engine has stopped has none any more.</summary>
    public virtual bool HasHandles => false;

    /// <summary>The engine's own handle for a hot loop, where there is an engine.</summary>
    public virtual Native.Series? FindHandle(string metric, Native.Scale scale, LabelSpan labels) => null;

    /// <summary>The same for reinforcement learning.</summary>
    public virtual Native.RlSeries? FindRlHandle(
        string metric, Native.Scale scale, LabelSpan labels, bool episodic, StepStrategy strategy) => null;

    /// <summary>
    /// Whether a handle met an engine that has stopped, and the run goes on without it. The handle is of no use any more, and its call has
    /// to be made here.
    /// </summary>
    public virtual bool Outlives(MetranaException e) => false;

    /// <summary>What went wrong in the background since the last call, oldest first; nothing where there is no engine.</summary>
    public virtual IReadOnlyList<SenderError> TakeErrors() => [];

    public abstract void Flush(TimeSpan? timeout);

    public abstract Task FlushAsync(TimeSpan? timeout, CancellationToken cancellationToken);

    public abstract void End(EndOfRun end);

    public abstract Task EndAsync(EndOfRun end);
}
