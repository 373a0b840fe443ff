using System.Diagnostics;
using Metrana.Native;
using Metrana.Server;
using Metrana.Tests.Support;

namespace Metrana.Tests;

/// <summary>What happens when the service is away. Each of these is a row of docs/failures.md.</summary>
public class FailureTests
{
    private static readonly TimeSpan _long = TimeSpan.FromSeconds(20);

    [Fact]
    [ParityRow("client/log-never-blocks", "call neither throws nor waits")]
    [ParityRow("client/drop-new", "what does not fit is counted", "once a minute")]
    [ParityRow("client/queue-capacity", "QueueBytes")]
    [ParityRow("failures/queue-full", "0.1 s", "Delivery.Dropped", "once a minute")]
    public async Task While_the_service_is_away_a_log_call_neither_throws_nor_waits_and_what_does_not_fit_is_counted()
    {
        using SharedWriter output = new();
        LocalServer server = await LocalServer.StartAsync();
        RunOptions options = OptionsOf(server);
        (options.QueueBytes, options.Output, options.CloseTimeout) = (100_000, output, TimeSpan.Zero);
        Run run = await Run.StartAsync(options);
        await server.DisposeAsync();

        double[] column = new double[1000];
        for (int i = 0; i < 40; i++)
        {
            run.Log("loss", column);
        }

        RunDelivery delivery = run.Delivery;
        delivery.Added.Should().BeGreaterThanOrEqualTo(40_000);
        delivery.Dropped.Should().BeGreaterThan(20_000).And.Be(delivery.Added - delivery.Sent - delivery.Pending);
        run.Metrics.Waits.Should().BeGreaterThan(15);
        (run.Metrics.TimeWaited / run.Metrics.Waits).Should().BeGreaterThan(TimeSpan.FromSeconds(0.05)).And.BeLessThan(
            TimeSpan.FromSeconds(0.5), "a call waits 0.1 s at most, and machines are busy");
        await Eventually.ShouldAsync(() => output.ToString().Contains(" so far): points come faster", StringComparison.Ordinal), "the drops are said");
        run.Dispose();
        output.ToString().Split(" so far): points come faster").Should().HaveCount(2, "it is said once a minute");
    }

    [Fact]
    [ParityRow("client/raise", "BackpressureStrategy.Raise", "QueueFullException")]
    [ParityRow("failures/queue-full", "BackpressureStrategy.Raise", "EnqueueTimeout", "QueueFullException")]
    public async Task A_run_with_raise_says_that_the_queue_is_full()
    {
        LocalServer server = await LocalServer.StartAsync();
        RunOptions options = OptionsOf(server);
        (options.QueueBytes, options.Backpressure, options.EnqueueTimeout, options.CloseTimeout) =
            (100_000, BackpressureStrategy.Raise, TimeSpan.Zero, TimeSpan.Zero);
        using Run run = await Run.StartAsync(options);
        await server.DisposeAsync();

        FluentActions.Invoking(() =>
        {
            for (int i = 0; i < 40; i++)
            {
                run.Log("loss", new double[1000]);
            }
        }).Should().Throw<QueueFullException>();
    }

    [Fact]
    [ParityRow("client/outage", "delivered when the service answers again")]
    [ParityRow("failures/service-away", "delivered when the service answers again")]
    public async Task What_waits_in_memory_is_delivered_when_the_service_answers_again()
    {
        await using LocalServer server = await LocalServer.StartAsync(new LocalServerOptions { AllowFaults = true });
        await using Run run = await Run.StartAsync(OptionsOf(server));
        run.Log("loss", 1.0);
        await run.FlushAsync();
        await server.Faults.FailAsync(FaultStage.Data, "UNAVAILABLE", "gone fishing", times: 4);
        run.Log("loss", [2.0, 3.0]);
        await run.FlushAsync();

        run.Delivery.Should().Be(new RunDelivery { Added = 3, Sent = 3 });
        StoredRun stored = (await server.FindRunAsync(run.Name))!;
        StoredSeries series = (await server.GetSeriesAsync(stored.RunId)).Single();
        (await server.GetPointsAsync(stored.RunId, series.Id)).Values.Should().Equal(1, 2, 3);
    }

    [Fact]
    [ParityRow("client/init-timeout", "StartTimeout")]
    [ParityRow("client/no-service", "LoggerInitException")]
    [ParityRow("failures/no-service", "StartTimeout", "LoggerInitException")]
    public async Task A_start_without_a_service_ends_in_time_with_an_exception()
    {
        RunOptions options = new()
        {
            Endpoint = "http://127.0.0.1:9",
            Project = "p",
            StartTimeout = TimeSpan.FromSeconds(1),
            LogLevel = Microsoft.Extensions.Logging.LogLevel.None,
        };
        Stopwatch watch = Stopwatch.StartNew();
        await FluentActions.Awaiting(() => Run.StartAsync(options)).Should().ThrowAsync<LoggerInitException>();

        watch.Elapsed.Should().BeLessThan(_long);
    }

    [Fact]
    [ParityRow("client/no-service", "ContinueWithoutServer", "delivers when")]
    [ParityRow("failures/no-service", "ContinueWithoutServer", "appears")]
    public async Task A_run_that_continues_without_a_service_delivers_when_it_appears()
    {
        using Forwarder address = new();
        await using LocalServer server = await LocalServer.StartAsync();
        RunOptions options = WaitingOptions(address);
        options.Tags = ["late"];
        Run run = await Run.StartAsync(options);
        run.Log("loss", [0.5, 0.25]);
        run.Log(("a", 1.0), ("b", 2.0));
        run.LogConfig(new { lr = 0.1 });
        EpisodeTracker episodes = run.TrackEpisodes(2);
        episodes.Step(0, [1f, 2f], [true, false]);
        episodes.Step(0, [3f, 4f], [false, true]);
        run.LogHistogram("h", [1.0, 2.0], step: 0);
        run.LogScatter("s", [1.0], [2.0], step: 0);
        run.Delivery.Sent.Should().Be(0);
        run.Delivery.Pending.Should().Be(run.Delivery.Added).And.BeGreaterThan(10);

        address.Open(server.Endpoint);
        await run.FlushAsync(TimeSpan.FromMinutes(1));
        run.Log("loss", 0.125);
        await run.CloseAsync();

        StoredRun stored = (await server.FindRunAsync(run.Name))!;
        IReadOnlyList<StoredSeries> series = await server.GetSeriesAsync(stored.RunId);
        StoredPoints loss = await server.GetPointsAsync(stored.RunId, series.Single(one => one.Metric == "loss").Id);
        loss.Values.Should().Equal(0.5, 0.25, 0.125);
        loss.Steps.Should().Equal(0, 1, 2);
        StoredRlPoints rewards = await server.GetRlPointsAsync(stored.RunId, series.Single(one => one.Metric == "reward").Id, "env-0");
        rewards.Values.Should().Equal(1, 3);
        rewards.Episodes.Should().Equal(0L, 1L);
        series.Select(one => one.Metric).Should().Contain(["a", "b", "h", "s", "episode_return"]);
        IReadOnlyDictionary<string, StoredValue> attributes = await server.GetAttributesAsync(stored.RunId);
        attributes.Should().ContainKeys("config/lr", "sys/tags");
        run.Delivery.Dropped.Should().Be(0);
        run.Delivery.Sent.Should().Be(run.Delivery.Added);
    }

    [Fact]
    [ParityRow("failures/no-service", "appears")]
    public async Task A_run_whose_service_never_appears_ends_in_time_and_says_what_was_lost()
    {
        using Forwarder address = new();
        RunOptions options = WaitingOptions(address);
        options.QueueBytes = 1000;
        Run run = await Run.StartAsync(options);
        run.Log("loss", [1.0, 2.0]);
        run.Log("loss", new double[1000]);
        run.Delivery.Should().Be(new RunDelivery { Added = 1002, Dropped = 1000, Pending = 2 });
        FluentActions.Invoking(() => run.Flush(TimeSpan.FromSeconds(0.1))).Should().Throw<FlushTimeoutException>();
        Stopwatch watch = Stopwatch.StartNew();

        FluentActions.Invoking(() => run.Close(TimeSpan.FromSeconds(0.1))).Should().Throw<ClosingException>();
        watch.Elapsed.Should().BeLessThan(_long);
        run.Delivery.Should().Be(new RunDelivery { Added = 1002, Dropped = 1002 });
    }

    [Fact]
    [ParityRow("client/close", "CloseTimeout")]
    [ParityRow("failures/away-at-end", "CloseTimeout", "did not arrive")]
    public async Task An_end_without_a_service_ends_in_time_and_says_what_did_not_arrive()
    {
        using SharedWriter output = new();
        LocalServer server = await LocalServer.StartAsync();
        RunOptions options = OptionsOf(server);
        (options.Output, options.CloseTimeout) = (output, TimeSpan.FromSeconds(3));
        Run run = await Run.StartAsync(options);
        await server.DisposeAsync();
        run.Log("loss", 1.0);
        Stopwatch watch = Stopwatch.StartNew();
        await run.DisposeAsync();

        watch.Elapsed.Should().BeLessThan(_long);
        output.ToString().Should().Contain("is delivering its last 1 points, for 3 s at most");
        output.ToString().Should().Contain("1 added, 0 sent");
    }

    [Fact]
    [ParityRow("client/close-abandons", "abandon")]
    [ParityRow("client/close-raises", "ClosingException")]
    [ParityRow("failures/away-at-end", "ClosingException", "Close(TimeSpan.Zero)", "abandon")]
    public async Task Closing_throws_when_something_was_lost_and_abandoning_does_not()
    {
        LocalServer server = await LocalServer.StartAsync();
        Run lost = await Run.StartAsync(OptionsOf(server));
        Run abandoned = await Run.StartAsync(OptionsOf(server));
        await server.DisposeAsync();
        lost.Log("loss", 1.0);
        abandoned.Log("loss", 1.0);

        FluentActions.Invoking(() => lost.Close(TimeSpan.FromSeconds(0.5))).Should().Throw<ClosingException>();
        abandoned.Close(TimeSpan.Zero);
        abandoned.Delivery.Sent.Should().Be(0);
    }

    [Fact]
    [ParityRow("client/flush", "FlushAsync", "takes too long loses nothing")]
    [ParityRow("failures/flush-timeout", "FlushTimeoutException", "takes too long")]
    public async Task A_flush_that_takes_too_long_loses_nothing()
    {
        LocalServer server = await LocalServer.StartAsync();
        Run run = await Run.StartAsync(OptionsOf(server));
        await server.DisposeAsync();
        run.Log("loss", 1.0);

        await FluentActions.Awaiting(() => run.FlushAsync(TimeSpan.FromSeconds(0.2))).Should().ThrowAsync<FlushTimeoutException>();
        run.Delivery.Should().Be(new RunDelivery { Added = 1, Pending = 1 });
        run.Close(TimeSpan.Zero);
    }

    [Fact]
    [ParityRow("client/block", "BackpressureStrategy.Block", "waits for room")]
    [ParityRow("failures/queue-full", "BackpressureStrategy.Block", "waits for room")]
    public async Task A_run_with_block_waits_for_room_and_drops_nothing()
    {
        await using LocalServer server = await LocalServer.StartAsync(new LocalServerOptions { AllowFaults = true });
        RunOptions options = OptionsOf(server);
        (options.QueueBytes, options.Backpressure) = (100_000, BackpressureStrategy.Block);
        await using Run run = await Run.StartAsync(options);
        await server.Faults.StallAsync();
        int done = 0;
        Task loop = Task.Run(() =>
        {
            for (int i = 0; i < 40; i++)
            {
                run.Log("loss", new double[1000]);
                Volatile.Write(ref done, i + 1);
            }
        });
        await Eventually.ShouldAsync(() => Volatile.Read(ref done) >= 5, "the queue fills");
        Volatile.Read(ref done).Should().BeLessThan(40, "there is no room for all");
        loop.IsCompleted.Should().BeFalse();
        await server.Faults.ClearAsync();
        await loop.WaitAsync(TimeSpan.FromMinutes(1));
        await run.FlushAsync(TimeSpan.FromMinutes(1));

        run.Delivery.Should().Be(new RunDelivery { Added = 40_000, Sent = 40_000 });
    }

    [Fact]
    [ParityRow("client/block", "EnqueueTimeout", "waits no longer and then throws")]
    [ParityRow("failures/queue-full", "BackpressureStrategy.Block", "EnqueueTimeout", "QueueFullException")]
    public async Task A_run_with_block_and_a_bound_waits_no_longer_and_then_throws()
    {
        await using LocalServer server = await LocalServer.StartAsync(new LocalServerOptions { AllowFaults = true });
        RunOptions options = OptionsOf(server);
        (options.QueueBytes, options.Backpressure, options.EnqueueTimeout, options.CloseTimeout) =
            (16 << 10, BackpressureStrategy.Block, TimeSpan.FromMilliseconds(50), TimeSpan.Zero);
        await using Run run = await Run.StartAsync(options);
        await server.Faults.StallAsync();
        run.Log("loss", new double[2000]);

        run.Invoking(r => r.Log("loss", new double[1000])).Should().ThrowExactly<QueueFullException>()
            .WithMessage("*no room in its 16384 bytes for 50 ms, nothing was logged*");
        run.Metrics.TimeWaited.Should().BeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(50));
        run.Delivery.Should().Be(new RunDelivery { Added = 3000, Dropped = 1000, Pending = 2000 });
        run.GetLastStep("loss").Should().Be(1999, "the call that was refused used up no step");
    }

    [Fact]
    [ParityRow("failures/server-restarted", "restarted while the run goes on", "once")]
    public async Task What_is_logged_while_the_server_is_restarted_while_the_run_goes_on_is_stored_once()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("metrana-restart-");
        LocalServerOptions data = new() { DataDirectory = folder.FullName };
        using Forwarder address = new();
        try
        {
            LocalServer first = await LocalServer.StartAsync(data);
            address.Open(first.Endpoint);
            RunOptions options = OptionsOf(first);
            (options.Endpoint, options.ApiKey, options.Workspace) = (address.Endpoint, first.ApiKey, "local");
            Run run = await Run.StartAsync(options);
            run.Log("loss", [1.0, 2.0]);
            await run.FlushAsync(_long);
            run.Log("loss", 3.0);
            using (Process crashes = Process.GetProcessById(first.ProcessId))
            {
                crashes.Kill();
                await crashes.WaitForExitAsync().WaitAsync(_long);
            }

            run.Log("loss", [4.0, 5.0]);
            await first.DisposeAsync();
            await using LocalServer second = await LocalServer.StartAsync(data);
            address.Open(second.Endpoint);
            await run.FlushAsync(TimeSpan.FromMinutes(1));
            run.Log("loss", 6.0);
            await run.CloseAsync();

            run.Delivery.Should().Be(new RunDelivery { Added = 6, Sent = 6 });
            StoredRun stored = (await second.FindRunAsync(run.Name))!;
            stored.Status.Should().Be(RunStatus.Finished);
            StoredSeries series = (await second.GetSeriesAsync(stored.RunId)).Single();
            (await second.GetPointsAsync(stored.RunId, series.Id)).Values.Should().Equal(1, 2, 3, 4, 5, 6);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [ParityRow("client/retries", "MaxRetries")]
    [ParityRow("client/delivery-policy", "StopOnLoss")]
    [ParityRow("client/errors-warn", "are said", "dropped")]
    [ParityRow("failures/service-away", "MaxRetries")]
    public async Task Points_that_cannot_be_delivered_are_said_and_end_the_run_only_where_that_was_chosen(bool stopOnLoss)
    {
        using SharedWriter output = new();
        await using LocalServer server = await LocalServer.StartAsync(new LocalServerOptions { AllowFaults = true });
        RunOptions options = OptionsOf(server);
        (options.StopOnLoss, options.MaxRetries, options.Output, options.CloseTimeout) = (stopOnLoss, 1, output, TimeSpan.Zero);
        using Run run = await Run.StartAsync(options);
        await server.Faults.FailAsync(FaultStage.Data, "UNAVAILABLE", "gone fishing", times: 1000);
        run.Log("loss", [1.0, 2.0]);
        await Eventually.ShouldAsync(() => run.Delivery.Dropped == 2, "the points are given up after their retries");

        Action log = () => run.Log("loss", 3.0);
        if (stopOnLoss)
        {
            log.Should().Throw<SenderException>().WithMessage("*gone fishing*");
        }
        else
        {
            log.Should().NotThrow();
            await Eventually.ShouldAsync(() => output.ToString().Contains(" so far): points come faster", StringComparison.Ordinal), "it is said");
        }
    }

    [Fact]
    [ParityRow("failures/nothing-arrives", "points wait", "ten seconds")]
    public async Task A_service_that_takes_nothing_more_is_said_and_costs_nothing()
    {
        using SharedWriter output = new();
        await using LocalServer server = await LocalServer.StartAsync(new LocalServerOptions { AllowFaults = true });
        RunOptions options = OptionsOf(server);
        options.Output = output;
        await using Run run = await Run.StartAsync(options);
        await server.Faults.StallAsync();
        run.Log("loss", [1.0, 2.0]);
        await Eventually.ShouldAsync(
            () => output.ToString().Contains("nothing was delivered for", StringComparison.Ordinal), "it is said after ten seconds");
        output.ToString().Should().Contain("waiting in memory: 2 points", "points wait");
        await server.Faults.ClearAsync();
        await run.FlushAsync(TimeSpan.FromMinutes(1));

        run.Delivery.Should().Be(new RunDelivery { Added = 2, Sent = 2 });
    }

    private static RunOptions WaitingOptions(Forwarder address) => OptionsAt(address.Endpoint) with
    {
        ContinueWithoutServer = true,
        StartTimeout = TimeSpan.FromSeconds(1),
        LogLevel = Microsoft.Extensions.Logging.LogLevel.None,
    };

    private static RunOptions OptionsOf(LocalServer server) => OptionsAt(server.Endpoint);

    /// <summary>Of a run that prints, for the tests that give it a writer.</summary>
    private static RunOptions OptionsAt(string endpoint) => SharedServer.OptionsAt(endpoint) with { Print = null, Output = TextWriter.Null };
}
