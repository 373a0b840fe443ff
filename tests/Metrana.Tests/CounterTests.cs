using Metrana.Native;
using Metrana.Server;
using Metrana.Tests.Support;

namespace Metrana.Tests;

/// <summary>What a run tells of its delivery beside the totals: the books of each kind of data, and the errors of the background.</summary>
public class CounterTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    [ParityRow("client/metrics", "FloatPoints", "RlFloatPoints", "AttributeUpdates", "EnvironmentAttributeUpdates", "added", "enqueued", "sent")]
    [ParityRow("client/metrics-of-transport", "connection_attempts", "requests_sent")]
    public async Task Every_kind_of_data_has_its_books_with_a_service_and_in_memory()
    {
        await using Run stored = await Run.StartAsync(shared.Options());
        Run recorded = Run.InMemory();
        foreach (Run run in (Run[])[stored, recorded])
        {
            run.Log("loss", [1.0, 2.0]);
            run.Log(("a", 1.0), ("b", 2.0));
            run.LogEnvironmentStep("reward", [1.0, 2.0, 3.0], rlStep: 0, "env-0");
            run.LogHistogram("h", [1.0, 2.0], step: 0);
            run.LogScatter("s", [1.0], [2.0], step: 0);
            run.LogConfig(new { lr = 0.1, batch = 64 });
            run.Tags.Add("x");
            run.LogEnvironmentAttributes("env-0", new { seed = 3 });
            await run.FlushAsync();

            Metrics metrics = run.Metrics;
            metrics.FloatPoints.Should().Be(Delivered(4));
            metrics.RlFloatPoints.Should().Be(Delivered(3));
            metrics.HistogramPoints.Should().Be(Delivered(1));
            metrics.ScatterPoints.Should().Be(Delivered(1));
            metrics.AttributeUpdates.Should().Be(Delivered(3));
            metrics.EnvironmentAttributeUpdates.Should().Be(Delivered(1));
            run.Delivery.Added.Should().Be(metrics.Total().Added);
        }

        stored.Metrics.ConnectionAttempts.Should().BeGreaterThan(0);
        stored.Metrics.RequestsSent.Should().BeGreaterThan(0);
    }

    [Fact]
    [ParityRow("client/metrics", "added", "enqueued")]
    public async Task What_waits_for_its_service_is_in_the_books_of_its_kind()
    {
        using Forwarder address = new();
        RunOptions options = shared.Options();
        (options.Endpoint, options.StartTimeout, options.ContinueWithoutServer) = (address.Endpoint, TimeSpan.FromSeconds(0.2), true);
        options.QueueBytes = 10_000;
        await using Run run = await Run.StartAsync(options);
        run.Log("loss", [1.0, 2.0]);
        run.Log("loss", new double[5000]);
        run.LogHistogram("h", [1.0, 2.0], step: 0);

        run.Metrics.FloatPoints.Should().Be(new KindMetrics { Added = 5002, Refused = 5000, Enqueued = 2, Pending = 2 });
        run.Metrics.HistogramPoints.Should().Be(new KindMetrics { Added = 1, Enqueued = 1, Pending = 1 });
        run.TakeErrors().Should().BeEmpty();
        address.Open(shared.Server.Endpoint);
        await run.FlushAsync(TimeSpan.FromMinutes(1));

        run.Metrics.FloatPoints.Should().Be(new KindMetrics { Added = 5002, Refused = 5000, Enqueued = 2, Sent = 2 });
        run.Metrics.HistogramPoints.Should().Be(Delivered(1));
    }

    [Fact]
    [ParityRow("client/check-sender-errors", "TakeErrors", "ErrorStrategy.Silent")]
    [ParityRow("client/metrics-of-transport", "errors_reported")]
    [ParityRow("client/close-info", "run.Metrics", "after the end")]
    public async Task Errors_of_the_background_are_taken_once_and_those_left_are_there_after_the_end()
    {
        await using LocalServer server = await LocalServer.StartAsync(new LocalServerOptions { AllowFaults = true });
        RunOptions options = shared.Options();
        (options.Endpoint, options.Errors) = (server.Endpoint, ErrorStrategy.Silent);
        Run run = await Run.StartAsync(options);
        await Loss.OfOnePointAsync(server, run, "first loss");
        run.TakeErrors().Should().ContainSingle().Which.Message.Should().Contain("first loss");
        run.TakeErrors().Should().BeEmpty();
        await Loss.OfOnePointAsync(server, run, "second loss");
        await run.DisposeAsync();

        run.TakeErrors().Should().ContainSingle().Which.Message.Should().Contain("second loss");
        run.TakeErrors().Should().BeEmpty();
        run.Metrics.FloatPoints.Dropped.Should().Be(2);
        run.Metrics.ErrorsReported.Should().Be(2);
        Run.Disabled.TakeErrors().Should().BeEmpty();
        Run.Disabled.Metrics.Should().Be(default(Metrics));
    }

    private static KindMetrics Delivered(long points) => new() { Added = points, Enqueued = points, Sent = points };
}
