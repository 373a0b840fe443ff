using System.Runtime.CompilerServices;
using Metrana.Server;

namespace Metrana.Native.Tests.Support;

/// <summary>Runs of tests: how they are opened, and what the server has of them.</summary>
internal static class Runs
{
    private static int _count;

    /// <summary>A server that can be told to fail.</summary>
    public static Task<LocalServer> StartFaultyServerAsync() => LocalServer.StartAsync(new LocalServerOptions { AllowFaults = true });

    /// <summary>A run of the calling test's own.</summary>
    public static LoggerConfig Config(LocalServer server, [CallerMemberName] string test = "") => new()
    {
        ApiKey = "test",
        Workspace = "ws",
        Project = "proj",
        RunName = $"{test}-{Interlocked.Increment(ref _count)}",
        Endpoint = server.Endpoint,
        CloseTimeout = TimeSpan.FromSeconds(60),
        LogLevel = Microsoft.Extensions.Logging.LogLevel.None,
    };

    public static async Task<StoredRun> RunAsync(this LocalServer server, string runName) =>
        await server.FindRunAsync(runName) ?? throw new InvalidOperationException($"The server has no run {runName}.");

    /// <summary>The one series of this metric, scale and labels.</summary>
    public static async Task<StoredSeries> SeriesAsync(
        this LocalServer server, string runId, string metric, Dictionary<string, string>? labels = null)
    {
        IReadOnlyList<StoredSeries> all = await server.GetSeriesAsync(runId);
        return all.Single(series => series.Metric == metric && Same(series.Labels, labels ?? []));
    }

    /// <summary>All points of the one series of this metric and labels.</summary>
    public static async Task<StoredPoints> PointsAsync(
        this LocalServer server, string runId, string metric, Dictionary<string, string>? labels = null)
    {
        StoredSeries series = await server.SeriesAsync(runId, metric, labels);
        return await server.GetPointsAsync(runId, series.Id);
    }

    /// <summary>All points of the one series of this metric in one environment.</summary>
    public static async Task<StoredRlPoints> RlPointsAsync(this LocalServer server, string runId, string metric, string environment)
    {
        StoredSeries series = await server.SeriesAsync(runId, metric);
        return await server.GetRlPointsAsync(runId, series.Id, environment);
    }

    private static bool Same(IReadOnlyDictionary<string, string> left, Dictionary<string, string> right) =>
        left.Count == right.Count && left.All(label => right.TryGetValue(label.Key, out string? value) && value == label.Value);
}
