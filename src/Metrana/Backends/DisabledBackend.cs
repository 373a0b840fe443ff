using Metrana.Native;

namespace Metrana.Backends;

/// <summary>Takes everything and keeps nothing.</summary>
internal sealed class DisabledBackend : Backend
{
    public override bool RunWasCreated => true;

    public override string RunId => "";

    public override Metrics Metrics => default;

    public override void Log(scoped in StdCall call, ReadOnlySpan<double> values)
    {
    }

    public override void Log(scoped in StdCall call, ReadOnlySpan<float> values)
    {
    }

    public override void LogTogether(scoped in StdCall shared, ReadOnlySpan<(string Metric, double Value)> metrics)
    {
    }

    public override void Log(scoped in RlBlock block, ReadOnlySpan<double> values)
    {
    }

    public override void Log(scoped in RlBlock block, ReadOnlySpan<float> values)
    {
    }

    public override void LogHistogram(scoped in SetCall call, scoped in BinnedValues bins)
    {
    }

    public override void LogScatter(
        scoped in SetCall call, ReadOnlySpan<double> xs, ReadOnlySpan<double> ys, ReadOnlySpan<double> zs, bool is3D, AxisTitles titles)
    {
    }

    public override void LogAttributes(string prefix, IReadOnlyDictionary<string, object?> leaves)
    {
    }

    public override void LogEnvironmentAttributes(string environment, IReadOnlyDictionary<string, object?> leaves, long? episode)
    {
    }

    public override void SetTags(string[] tags)
    {
    }

    public override void UpdateTags(string[] added, string[] removed)
    {
    }

    public override void SetDescription(string description)
    {
    }

    public override long? GetLastStep(string metric, Native.Scale scale, LabelSpan labels) => null;

    public override (long? RlStep, long? Episode) GetEnvironmentProgress(string environment) => default;

    public override void Flush(TimeSpan? timeout)
    {
    }

    public override Task FlushAsync(TimeSpan? timeout, CancellationToken cancellationToken) => Task.CompletedTask;

    public override void End(EndOfRun end)
    {
    }

    public override Task EndAsync(EndOfRun end) => Task.CompletedTask;
}
