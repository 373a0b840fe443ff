using System.Runtime.CompilerServices;
using Metrana.Native.Tests.Support;
using Metrana.Server;

namespace Metrana.Native.Tests;

/// <summary>The end of a logger, while others still use it and when nobody does any more.</summary>
public sealed class DisposeTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly LocalServer _server = fixture.Server;

    [Fact]
    [ParityRow("call/enter-and-exit", "Dispose")]
    public async Task Dispose_delivers_and_closes_the_run()
    {
        LoggerConfig config = Runs.Config(_server);
        Logger logger = new(config);
        logger.LogStdFloats("m", Scale.MlStep, [1, 2, 3]);

        logger.Dispose();

        (await _server.PointsAsync(logger.RunIdHex, "m")).Values.Should().Equal(1, 2, 3);
        (await _server.RunAsync(config.RunName!)).Closed.Should().BeTrue();
    }

    [Fact]
    [ParityRow("call/CloseInfo.metrics", "GetMetrics")]
    public void After_dispose_calls_are_mistakes_and_facts_are_facts()
    {
        Logger logger = new(Runs.Config(_server));
        logger.LogStdFloats("m", Scale.MlStep, [1, 2, 3]);
        logger.Dispose();
        logger.Dispose();

        Action<Logger>[] calls =
        [
            l => l.LogStdFloats("m", Scale.MlStep, 1),
            l => l.LogStdFloats("m", Scale.MlStep, [1f]),
            l => l.Flush(),
            l => l.Close(),
            l => l.Shutdown(),
            l => l.ExtractSenderErrors(),
            l => l.GetSeriesLastStep("m", Scale.MlStep),
            l => l.LogDistributedFloats("m", Scale.MlStep, 1.5, 0),
            l => l.LogRlFloats("m", Scale.MlStep, 1.5, 0, "e0"),
            l => l.LogHistogram("m", Scale.MlStep, [0, 1], [1], 0),
            l => l.LogHistograms("m", Scale.MlStep, [], []),
            l => l.LogScatter("m", Scale.MlStep, [0], [1], 0),
            l => l.LogScatters("m", Scale.MlStep, [], []),
            l => l.LogConfig(new Dictionary<string, int>()),
            l => l.LogAttributes("m", 1),
            l => l.LogEnvironmentAttributes("e0", new[] { 1 }),
            l => l.SetTags([]),
            l => l.UpdateTags(),
            l => l.SetDescription(""),
            l => l.GetEnvironmentLastRlStepAndEpisode("e0"),
            l => l.Series("m", Scale.MlStep),
            l => l.RlSeries("m", Scale.MlStep),
            l => l.Environments("e0"),
            l => l.Log(new LogBatch()),
        ];
        foreach (Action<Logger> call in calls)
        {
            ObjectDisposedException refusal = logger.Invoking(call).Should().Throw<ObjectDisposedException>().Which;
            refusal.ObjectName.Should().Be("Metrana.Native.Logger");
            refusal.Message.Should().Contain(logger.RunPath);
        }

        logger.GetMetrics().FloatPoints.Should().Be(new KindMetrics { Added = 3, Enqueued = 3, Sent = 3 });
        logger.RunIdHex.Should().NotBeEmpty();
        logger.LoggerId.Should().NotBe(0);
    }

    [Fact]
    public async Task A_thousand_rounds_of_eight_threads_that_log_while_another_disposes()
    {
        const int Rounds = 1000;
        const int Threads = 8;
        long[] logged = new long[Threads];
        List<Exception> surprises = [];
        long everything = 0;
        Logger? logger = null;
        int round = 0;
        using Barrier start = new(Threads + 1);
        using Barrier end = new(Threads + 1);
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(n => new Thread(() => Log(n)))];
        Array.ForEach(threads, thread => thread.Start());

        try
        {
            for (; round < Rounds; round++)
            {
                Array.Clear(logged);
                LoggerConfig config = Runs.Config(_server);
                logger = new Logger(config);
                start.SignalAndWait();

                // Another moment each round: from "nobody has begun" to "all are in full swing".
                long enough = round % 50 * 4;
                SpinWait.SpinUntil(() => logged.Sum() >= enough);
                logger.Dispose();
                end.SignalAndWait();

                KindMetrics points = logger.GetMetrics().FloatPoints;
                points.Should().Be(
                    new KindMetrics { Added = logged.Sum(), Enqueued = logged.Sum(), Sent = logged.Sum() },
                    "each call that returned, and no other, is counted and delivered (round {0})", round);
                StoredRun run = await _server.RunAsync(config.RunName!);
                run.Points.Should().Be(points.Sent, "the server has what was counted as sent (round {0})", round);
                everything += points.Sent;
            }
        }
        finally
        {
            round = Rounds;
            logger = null;
            if (threads.Any(thread => thread.IsAlive))
            {
                start.SignalAndWait(TimeSpan.FromSeconds(30));
            }
        }

        surprises.Should().BeEmpty();
        everything.Should().BePositive();

        void Log(int n)
        {
            while (true)
            {
                start.SignalAndWait();
                if (logger is not { } current)
                {
                    return;
                }

                try
                {
                    while (true)
                    {
                        current.LogStdFloats("m", Scale.MlStep, n);
                        Volatile.Write(ref logged[n], logged[n] + 1);
                    }
                }
                catch (ObjectDisposedException)
                {
                    // What this is about.
                }
                catch (Exception e)
                {
                    lock (surprises)
                    {
                        surprises.Add(e);
                    }
                }

                end.SignalAndWait();
            }
        }
    }

    [Fact]
    public async Task Dispose_wakes_a_call_that_waits_for_room_and_does_not_throw_over_what_is_lost()
    {
        await using LocalServer server = await Runs.StartFaultyServerAsync();
        RecordingLoggerFactory log = new();
        LoggerConfig config = Runs.Config(server);
        config.QueueBytes = 16 << 10;
        config.CloseTimeout = TimeSpan.FromMilliseconds(100);
        config.LoggerFactory = log;
        config.LogLevel = Microsoft.Extensions.Logging.LogLevel.Warning;
        Logger logger = new(config);
        await server.Faults.StallAsync();
        logger.LogStdFloats("m", Scale.MlStep, new double[2000]);
        Task blocked = Task.Run(() => logger.LogStdFloats("m", Scale.MlStep, new double[2000]));
        await blocked.Invoking(b => b.WaitAsync(TimeSpan.FromMilliseconds(100))).Should().ThrowAsync<TimeoutException>();

        logger.Dispose();

        await blocked.Invoking(b => b.WaitAsync(TimeSpan.FromSeconds(30))).Should().ThrowAsync<ObjectDisposedException>();
        log.Lines.Should().Contain(line => line.Level == Microsoft.Extensions.Logging.LogLevel.Error && line.Text.Contains("2000 point(s)"));
        logger.GetMetrics().FloatPoints.Should().Be(new KindMetrics { Added = 2000, Enqueued = 2000, Dropped = 2000 });
    }

    [Fact]
    public async Task A_logger_that_nothing_refers_to_any_more_is_closed_all_the_same()
    {
        LoggerConfig config = Runs.Config(_server);
        Forget(config);

        await Eventually.ShouldAsync(
            async () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return (await _server.RunAsync(config.RunName!)).Closed;
            },
            "the run is closed");

        StoredRun run = await _server.RunAsync(config.RunName!);
        run.Points.Should().Be(1000);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Forget(LoggerConfig config) => new Logger(config).LogStdFloats("m", Scale.MlStep, new double[1000]);
    }

    [Fact]
    public void What_is_open_is_known_only_while_it_is_open()
    {
        LoggerCore[] before = ExitGuard.Snapshot();
        Logger logger = new(Runs.Config(_server));
        ExitGuard.Snapshot().Should().Contain(core => core.Info.LoggerId == logger.LoggerId);

        logger.Dispose();

        ExitGuard.Snapshot().Should().NotContain(core => core.Info.LoggerId == logger.LoggerId);
        before.Should().NotContain(core => core.Info.LoggerId == logger.LoggerId);
    }
}
