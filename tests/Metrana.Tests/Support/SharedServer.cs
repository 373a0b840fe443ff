using System.Globalization;
using Metrana.Server;

namespace Metrana.Tests.Support;

/// <summary>One local server for the tests of a class; each test has runs of its own in it.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    private static int _names;

    public LocalServer Server { get; private set; } = null!;

    public static string NewName() => string.Create(CultureInfo.InvariantCulture, $"run-{Interlocked.Increment(ref _names)}-{Guid.NewGuid():N}");

    /// <summary>Options of a run at a server that says nothing and writes nothing on its own account.</summary>
    public static RunOptions OptionsAt(string endpoint, string? name = null) => new()
    {
        Endpoint = endpoint,
        Project = "tests",
        Name = name ?? NewName(),
        Print = false,
        LogGitCommit = false,
        LogProcessFacts = ProcessFacts.None,
        LogSystemMetrics = false,
    };

    public async Task InitializeAsync() => Server = await LocalServer.StartAsync(new LocalServerOptions { AllowFaults = true });

    public async Task DisposeAsync() => await Server.DisposeAsync();

    /// <summary>The same in this server.</summary>
    public RunOptions Options(string? name = null) => OptionsAt(Server.Endpoint, name);

    public async Task<StoredRun> FindAsync(Run run) =>
        await Server.FindRunAsync(run.Name, project: "tests") ?? throw new InvalidOperationException($"The server has no run {run.Name}.");

    public async Task<StoredSeries> SeriesAsync(Run run, string metric, params (string Key, string Value)[] labels)
    {
        StoredRun stored = await FindAsync(run);
        return (await Server.GetSeriesAsync(stored.RunId)).Single(series => series.Metric == metric
            && series.Labels.Count == labels.Length && labels.All(label => series.Labels.GetValueOrDefault(label.Key) == label.Value));
    }

    /// <summary>The points that count, as a curve shows them.</summary>
    public async Task<StoredPoints> CurveAsync(Run run, string metric)
    {
        StoredSeries series = await SeriesAsync(run, metric);
        return await Server.GetPointsAsync((await FindAsync(run)).RunId, series.Id, PointView.Counted);
    }

    public async Task<StoredPoints> PointsAsync(Run run, string metric, params (string Key, string Value)[] labels)
    {
        StoredSeries series = await SeriesAsync(run, metric, labels);
        return await Server.GetPointsAsync((await FindAsync(run)).RunId, series.Id);
    }

    public async Task<StoredRlPoints> RlPointsAsync(Run run, string metric, string environment, params (string Key, string Value)[] labels)
    {
        StoredSeries series = await SeriesAsync(run, metric, labels);
        return await Server.GetRlPointsAsync((await FindAsync(run)).RunId, series.Id, environment);
    }

    public async Task<IReadOnlyDictionary<string, StoredValue>> AttributesAsync(Run run) =>
        await Server.GetAttributesAsync((await FindAsync(run)).RunId);
}
