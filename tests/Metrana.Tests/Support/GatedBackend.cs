using Metrana.Backends;
using Metrana.Native;

namespace Metrana.Tests.Support;

/// <summary>A service whose first log call waits for room until the test makes some. It keeps the values of its calls.</summary>
internal sealed class GatedBackend : Backend, IDisposable
{
    private readonly ManualResetEventSlim _room = new();

    /// <summary>Set when the first call has come.</summary>
    public ManualResetEventSlim Entered { get; } = new();

    public List<double> Values { get; } = [];

    public bool HasEnded { get; private set; }

    public override bool RunWasCreated => true;

    public override string RunId => "gated";

    public override Metrics Metrics => new()
    {
        FloatPoints = new KindMetrics { Added = Values.Count, Enqueued = Values.Count, Sent = Values.Count },
    };

    public void MakeRoom() => _room.Set();

    public void Dispose()
    {
        _room.Dispose();
        Entered.Dispose();
    }

    public override void Log(scoped in StdCall call, ReadOnlySpan<double> values)
    {
        Entered.Set();
        _room.Wait();
        Values.AddRange(values);
    }

    public override void Log(scoped in StdCall call, ReadOnlySpan<float> values) => throw new NotSupportedException();

    public override void LogTogether(scoped in StdCall shared, ReadOnlySpan<(string Metric, double Value)> metrics) =>
        throw new NotSupportedException();

    public override void Log(scoped in RlBlock block, ReadOnlySpan<double> values) => throw new NotSupportedException();

    public override void Log(scoped in RlBlock block, ReadOnlySpan<float> values) => throw new NotSupportedException();

    public override void LogHistogram(scoped in SetCall call, scoped in BinnedValues bins) => throw new NotSupportedException();

    public override void LogScatter(
        scoped in SetCall call, ReadOnlySpan<double> xs, ReadOnlySpan<double> ys, ReadOnlySpan<double> zs, bool is3D, AxisTitles titles) =>
        throw new NotSupportedException();

    public override void LogAttributes(string prefix, IReadOnlyDictionary<string, object?> leaves) => throw new NotSupportedException();

    public override void LogEnvironmentAttributes(string environment, IReadOnlyDictionary<string, object?> leaves, long? episode) =>
        throw new NotSupportedException();

    public override void SetTags(string[] tags) => throw new NotSupportedException();

    public override void UpdateTags(string[] added, string[] removed) => throw new NotSupportedException();

    public override void SetDescription(string description) => throw new NotSupportedException();

    public override long? GetLastStep(string metric, Native.Scale scale, LabelSpan labels) => null;

    public override (long? RlStep, long? Episode) GetEnvironmentProgress(string environment) => default;

    public override void Flush(TimeSpan? timeout)
    {
    }

    public override Task FlushAsync(TimeSpan? timeout, CancellationToken cancellationToken) => Task.CompletedTask;

    public override void End(EndOfRun end) => HasEnded = true;

    public override Task EndAsync(EndOfRun end)
    {
        End(end);
        return Task.CompletedTask;
    }
}
