using System.Collections.Concurrent;
using Metrana.Native.Tests.Support;
using Metrana.Server;
using Microsoft.Extensions.Logging;

namespace Metrana.Native.Tests;

/// <summary>A close that takes a while says so, and reports to whoever asks.</summary>
public sealed class CloseProgressTests : IAsyncLifetime
{
    private LocalServer _server = null!;

    public async Task InitializeAsync() => _server = await Runs.StartFaultyServerAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_pending_is_reported_and_said_until_it_has_arrived(bool withoutThread)
    {
        RecordingLoggerFactory log = new();
        Reports reports = new();
        Logger logger = await Logger.OpenAsync(Runs.Config(_server) with { LoggerFactory = log, LogLevel = LogLevel.Warning });
        await _server.Faults.StallAsync();
        logger.LogStdFloats("m", "S", [1.0, 2.0, 3.0]);

        Task closing = withoutThread
            ? logger.CloseAsync(RunEnd.Finished, TimeSpan.FromSeconds(60), reports)
            : Task.Run(() => logger.Close(RunEnd.Finished, TimeSpan.FromSeconds(60), reports));

        await Eventually.ShouldAsync(() => log.Lines.Any(line => line.Id == LoggerEvents.ClosingWaits), "it says what it waits for");
        log.Lines.First(line => line.Id == LoggerEvents.ClosingWaits)["Pending"].Should().Be(3L);
        closing.IsCompleted.Should().BeFalse();
        reports.All.Should().Contain(metrics => metrics.Total().Pending == 3);

        await _server.Faults.ClearAsync();
        await closing;
        logger.Dispose();
        reports.All.Last().FloatPoints.Should().Be(new KindMetrics { Added = 3, Enqueued = 3, Sent = 3 });
    }

    private sealed class Reports : IProgress<Metrics>
    {
        public ConcurrentQueue<Metrics> All { get; } = new();

        public void Report(Metrics value) => All.Enqueue(value);
    }
}
