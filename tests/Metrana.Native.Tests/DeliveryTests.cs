using System.Diagnostics;
using Metrana.Native.Tests.Support;
using Metrana.Server;
using Microsoft.Extensions.Logging;

namespace Metrana.Native.Tests;

/// <summary>What becomes of accepted points, and how that is told.</summary>
public sealed class DeliveryTests : IAsyncLifetime
{
    private LocalServer _server = null!;

    public async Task InitializeAsync() => _server = await Runs.StartFaultyServerAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    [ParityRow("call/close", "Close")]
    [ParityRow("exception/LoggerClosedError", "LoggerClosedException")]
    [ParityRow("delivery/second-close", "second close ends as the first one did")]
    public async Task Close_delivers_and_closes_the_run()
    {
        LoggerConfig config = Runs.Config(_server);
        using Logger logger = new(config);
        logger.LogStdFloats("m", Scale.MlStep, [1, 2, 3]);

        logger.Close();

        (await _server.PointsAsync(logger.RunIdHex, "m")).Values.Should().Equal(1, 2, 3);
        (await _server.RunAsync(config.RunName!)).Closed.Should().BeTrue();
        logger.GetMetrics().FloatPoints.Should().Be(new KindMetrics { Added = 3, Enqueued = 3, Sent = 3 });
        logger.Invoking(l => l.LogStdFloats("m", Scale.MlStep, 4)).Should().Throw<LoggerClosedException>();
        logger.Invoking(l => l.Close()).Should().NotThrow("a second close ends as the first one did");
    }

    [Fact]
    [ParityRow("call/shutdown_logger", "Logger.Shutdown")]
    public async Task Shutdown_delivers_and_leaves_the_run_open()
    {
        LoggerConfig config = Runs.Config(_server);
        using Logger logger = new(config);
        logger.LogStdFloats("m", Scale.MlStep, [1, 2, 3]);

        logger.Shutdown();

        (await _server.PointsAsync(logger.RunIdHex, "m")).Values.Should().Equal(1, 2, 3);
        (await _server.RunAsync(config.RunName!)).Closed.Should().BeFalse();
    }

    [Fact]
    [ParityRow("call/flush", "flush")]
    [ParityRow("exception/TimeoutError", "FlushTimeoutException")]
    public async Task A_flush_that_times_out_loses_nothing()
    {
        using Logger logger = new(Runs.Config(_server));
        await _server.Faults.StallAsync();
        logger.LogStdFloats("m", Scale.MlStep, [1, 2, 3]);

        FlushTimeoutException error = logger.Invoking(l => l.Flush(TimeSpan.FromMilliseconds(100)))
            .Should().Throw<FlushTimeoutException>().Which;
        error.StatusCode.Should().Be(MetranaStatus.FlushTimeout);
        logger.GetMetrics().FloatPoints.Pending.Should().Be(3);

        await _server.Faults.ClearAsync();
        logger.Flush(TimeSpan.FromSeconds(30));
        logger.GetMetrics().FloatPoints.Sent.Should().Be(3);
        (await _server.PointsAsync(logger.RunIdHex, "m")).Values.Should().Equal(1, 2, 3);
    }

    [Fact]
    public void Timeouts_are_checked_here()
    {
        using Logger logger = new(Runs.Config(_server));

        logger.Invoking(l => l.Flush(TimeSpan.FromSeconds(-2))).Should().Throw<ArgumentOutOfRangeException>();
        logger.Invoking(l => l.Close(TimeSpan.MinValue)).Should().Throw<ArgumentOutOfRangeException>();
        logger.Flush(Timeout.InfiniteTimeSpan);
        logger.Close(Timeout.InfiniteTimeSpan);
    }

    [Fact]
    [ParityRow("call/close", "Close")]
    [ParityRow("option/close_timeout", "CloseTimeout")]
    [ParityRow("exception/ClosingError", "ClosingException")]
    public async Task A_close_out_of_time_counts_what_it_leaves()
    {
        using Logger logger = new(Runs.Config(_server));
        await _server.Faults.StallAsync();
        logger.LogStdFloats("m", Scale.MlStep, [1, 2, 3]);

        ClosingException error = logger.Invoking(l => l.Close(TimeSpan.FromMilliseconds(100)))
            .Should().Throw<ClosingException>().Which;

        error.StatusCode.Should().Be(MetranaStatus.CloseTimeout);
        logger.GetMetrics().FloatPoints.Should().Be(new KindMetrics { Added = 3, Enqueued = 3, Dropped = 3 });
        logger.Invoking(l => l.Close()).Should().Throw<ClosingException>("a second close ends as the first one did");
    }

    [Fact]
    [ParityRow("counter/send_errors", "SendErrors")]
    public async Task A_reset_connection_costs_no_point()
    {
        using Logger logger = new(Runs.Config(_server));
        await _server.Faults.ResetAsync(after: 1, storeLast: true, times: 2);

        for (int i = 0; i < 50; i++)
        {
            logger.LogStdFloats("m", Scale.MlStep, i);
            logger.Flush(TimeSpan.FromSeconds(30));
        }

        (await _server.PointsAsync(logger.RunIdHex, "m")).Values.Should().Equal(Enumerable.Range(0, 50).Select(i => (double)i));
        (await _server.GetCountsAsync(logger.RunIdHex)).DuplicateMessages.Should().BePositive();
        logger.GetMetrics().SendErrors.Should().Be(2);
    }

    [Fact]
    [ParityRow("option/delivery_policy", "StopOnLoss")]
    [ParityRow("enum/DeliveryPolicy.AllOrCrash", "StopOnLoss")]
    [ParityRow("exception/SenderError", "SenderException")]
    public async Task StopOnLoss_stops_and_says_so_in_every_call()
    {
        LoggerConfig config = Runs.Config(_server);
        config.MsgMaxRetries = 1;
        config.BackoffInitial = TimeSpan.FromMilliseconds(1);
        using Logger logger = new(config);
        await _server.Faults.FailAsync(FaultStage.Data, "UNAVAILABLE", "gone fishing", times: 1000);

        logger.LogStdFloats("m", Scale.MlStep, 1);
        SenderException error = logger.Invoking(l => l.Flush(TimeSpan.FromSeconds(30))).Should().Throw<SenderException>().Which;

        error.StatusCode.Should().Be(MetranaStatus.SenderStopped);
        error.GrpcStatus.Should().Be(14);
        error.Message.Should().Contain("gone fishing");
        logger.Invoking(l => l.LogStdFloats("m", Scale.MlStep, 2)).Should().Throw<SenderException>();
        ClosingException closing = logger.Invoking(l => l.Close()).Should().Throw<ClosingException>().Which;
        (closing.StatusCode, closing.GrpcStatus).Should().Be((MetranaStatus.CloseUndelivered, 14));
        closing.Message.Should().Contain("gone fishing");
        logger.GetMetrics().FloatPoints.Should().Be(new KindMetrics { Added = 1, Enqueued = 1, Dropped = 1 });
    }

    [Fact]
    [ParityRow("call/extract_sender_errors", "ExtractSenderErrors")]
    [ParityRow("option/delivery_policy", "DeliveryPolicy")]
    [ParityRow("enum/DeliveryPolicy.TolerateLoss", "DeliveryPolicy.TolerateLoss")]
    [ParityRow("counter/float_points_dropped", "FloatPoints", "Dropped")]
    [ParityRow("counter/errors_reported", "ErrorsReported")]
    public async Task TolerateLoss_counts_and_collects_and_goes_on()
    {
        using Logger logger = await LoseOnePointAsync(ErrorStrategy.Silent);

        logger.LogStdFloats("m", Scale.MlStep, 2);

        SenderException flush = logger.Invoking(l => l.Flush(TimeSpan.FromSeconds(30))).Should().Throw<SenderException>().Which;
        flush.StatusCode.Should().Be(MetranaStatus.FlushUndelivered);
        flush.Message.Should().Contain("1 point(s)").And.Contain("no thanks");
        logger.Flush(TimeSpan.FromSeconds(30));
        logger.GetMetrics().FloatPoints.Should().Be(new KindMetrics { Added = 2, Enqueued = 2, Sent = 1, Dropped = 1 });
        logger.GetMetrics().ErrorsReported.Should().Be(1);
        SenderError error = logger.ExtractSenderErrors().Should().ContainSingle().Which;
        error.Message.Should().Contain("no thanks");
        error.GrpcStatus.Should().Be(3);
        logger.ExtractSenderErrors().Should().BeEmpty();
        ClosingException close = logger.Invoking(l => l.Close()).Should().Throw<ClosingException>().Which;
        close.StatusCode.Should().Be(MetranaStatus.CloseUndelivered);
        close.Message.Should().Contain("1 of the 2");
    }

    [Fact]
    [ParityRow("option/error_strategy", "ErrorStrategy")]
    [ParityRow("enum/ErrorStrategy.RaiseOnLog", "ErrorStrategy.RaiseOnLog")]
    public async Task RaiseOnLog_raises_once_and_logs_nothing_by_that()
    {
        using Logger logger = await LoseOnePointAsync(ErrorStrategy.RaiseOnLog);

        SenderException error = logger.Invoking(l => l.LogStdFloats("m", Scale.MlStep, 2)).Should().Throw<SenderException>().Which;

        error.StatusCode.Should().Be(MetranaStatus.SenderErrors);
        error.Message.Should().Contain("no thanks");
        logger.LogStdFloats("m", Scale.MlStep, 3);
        logger.Invoking(l => l.Close()).Should().Throw<ClosingException>();
        (await _server.PointsAsync(logger.RunIdHex, "m")).Values.Should().Equal(3);
    }

    [Fact]
    [ParityRow("option/error_strategy", "ErrorStrategy")]
    [ParityRow("enum/ErrorStrategy.RaiseOnClose", "ErrorStrategy.RaiseOnClose")]
    public async Task RaiseOnClose_raises_when_all_is_delivered()
    {
        using Logger logger = await LoseOnePointAsync(ErrorStrategy.RaiseOnClose);
        logger.LogStdFloats("m", Scale.MlStep, 2);

        ClosingException error = logger.Invoking(l => l.Close()).Should().Throw<ClosingException>().Which;

        error.Message.Should().Contain("no thanks");
        (await _server.PointsAsync(logger.RunIdHex, "m")).Values.Should().Equal(2);
    }

    [Fact]
    [ParityRow("enum/ErrorStrategy.Silent", "ErrorStrategy.Silent")]
    [ParityRow("enum/ErrorStrategy.Warn", "ErrorStrategy.Warn")]
    public async Task Silent_collects_a_loss_and_Warn_writes_a_line_too()
    {
        RecordingLoggerFactory quiet = new();
        RecordingLoggerFactory loud = new();
        using Logger silent = await LoseOnePointAsync(ErrorStrategy.Silent, quiet);
        using Logger warns = await LoseOnePointAsync(ErrorStrategy.Warn, loud);

        await Eventually.ShouldAsync(() => loud.Lines.Any(IsLoss), "a line tells the loss");
        loud.Lines.Single(IsLoss).Level.Should().Be(LogLevel.Warning);
        foreach (Logger logger in new[] { silent, warns })
        {
            logger.LogStdFloats("m", Scale.MlStep, 2);
            logger.ExtractSenderErrors().Should().ContainSingle().Which.Message.Should().Contain("no thanks");
        }

        // Closing has the lines written that wait; a loss is told by the close itself, whatever the strategy.
        silent.Invoking(l => l.Close()).Should().Throw<ClosingException>().Which.StatusCode.Should().Be(MetranaStatus.CloseUndelivered);
        silent.Dispose();
        quiet.Lines.Where(IsLoss).Should().BeEmpty();

        static bool IsLoss(RecordingLoggerFactory.Line line) => line.Text.Contains("is lost", StringComparison.Ordinal);
    }

    [Fact]
    [ParityRow("counter/errors_evicted", "ErrorsEvicted")]
    public async Task Of_more_errors_than_are_kept_the_oldest_go_and_are_counted()
    {
        const int Kept = 1000;
        LoggerConfig config = Runs.Config(_server);
        config.DeliveryPolicy = DeliveryPolicy.TolerateLoss;
        config.ErrorStrategy = ErrorStrategy.Silent;
        config.MsgMaxRetries = 0;
        config.BackoffInitial = TimeSpan.FromMilliseconds(1);
        config.BackoffMax = TimeSpan.FromMilliseconds(1);
        config.MsgLinger = TimeSpan.Zero;
        using Logger logger = new(config);
        await _server.Faults.FailAsync(FaultStage.Data, "UNAVAILABLE", "gone fishing", times: 1_000_000);

        // Each try that fails is one error, as long as there is something to try.
        Stopwatch watch = Stopwatch.StartNew();
        while (logger.GetMetrics().ErrorsReported <= Kept + 2)
        {
            watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(60));
            logger.LogStdFloats("m", Scale.MlStep, 1);
        }

        await _server.Faults.ClearAsync();
        await Eventually.ShouldAsync(() => logger.GetMetrics().FloatPoints.Pending == 0, "the rest is delivered or lost");
        Metrics metrics = logger.GetMetrics();
        metrics.ErrorsEvicted.Should().Be(metrics.ErrorsReported - Kept);
        logger.ExtractSenderErrors().Should().HaveCount(Kept);
    }

    [Fact]
    [ParityRow("option/backpressure", "Backpressure")]
    [ParityRow("enum/Backpressure.Block", "Backpressure.Block")]
    [ParityRow("enum/Backpressure.DropNew", "Backpressure.DropNew")]
    [ParityRow("enum/Backpressure.Raise", "Backpressure.Raise")]
    [ParityRow("exception/QueueFullError", "QueueFullException")]
    [ParityRow("delivery/full-queue", "full queue", "blocks", "raises", "drops")]
    public async Task A_full_queue_raises_drops_or_blocks()
    {
        await _server.Faults.StallAsync();

        using Logger raises = Full(Backpressure.Raise, TimeSpan.FromMilliseconds(50));
        raises.Invoking(l => l.LogStdFloats("m", Scale.MlStep, new double[1000])).Should().Throw<QueueFullException>()
            .Which.StatusCode.Should().Be(MetranaStatus.QueueFull);
        raises.GetMetrics().FloatPoints.Refused.Should().Be(1000);

        using Logger drops = Full(Backpressure.DropNew, TimeSpan.FromMilliseconds(50));
        drops.LogStdFloats("m", Scale.MlStep, new double[1000]);
        drops.GetMetrics().FloatPoints.Refused.Should().Be(1000);

        using Logger blocks = Full(Backpressure.Block);
        Caller blocked = new(() => blocks.LogStdFloats("m", Scale.MlStep, new double[1000]));
        await blocked.ShouldWaitAsync();
        blocks.Invoking(l => l.Close(TimeSpan.FromMilliseconds(100))).Should().Throw<ClosingException>();
        await blocked.Ended.Invoking(b => b.WaitAsync(TimeSpan.FromSeconds(30))).Should().ThrowAsync<LoggerClosedException>();
    }

    [Fact]
    public async Task Room_that_comes_back_wakes_a_blocked_call()
    {
        await _server.Faults.StallAsync();
        using Logger logger = Full(Backpressure.Block);
        Caller caller = new(() => logger.LogStdFloats("n", Scale.MlStep, new double[1000]));
        await caller.ShouldWaitAsync();
        logger.GetSeriesLastStep("n", Scale.MlStep).Should().BeNull("the call has brought nothing in");

        await _server.Faults.ClearAsync();

        await caller.Ended.WaitAsync(TimeSpan.FromSeconds(30));
        logger.Flush(TimeSpan.FromSeconds(30));
        (await _server.PointsAsync(logger.RunIdHex, "n")).Values.Should().HaveCount(1000);
    }

    [Fact]
    [ParityRow("call/metrics", "GetMetrics")]
    [ParityRow("client/metrics-grow", "added", "sent")]
    public async Task Every_snapshot_adds_up_while_others_log()
    {
        LoggerConfig config = Runs.Config(_server);
        config.QueueBytes = 64 << 10;
        config.Backpressure = Backpressure.DropNew;
        config.EnqueueTimeout = TimeSpan.Zero;
        using Logger logger = new(config);
        using CancellationTokenSource enough = new();
        Task[] writers = [.. Enumerable.Range(0, 4).Select(n => Task.Run(() =>
        {
            double[] values = new double[100];
            string metric = $"m{n}";
            while (!enough.IsCancellationRequested)
            {
                logger.LogStdFloats(metric, Scale.MlStep, values);
                logger.LogStdFloats("shared", Scale.MlStep, 1);
            }
        }))];

        KindMetrics last = default;
        void Look()
        {
            KindMetrics points = logger.GetMetrics().FloatPoints;
            (points.Refused + points.Enqueued).Should().Be(points.Added);
            (points.Sent + points.Dropped + points.Spooled + points.Pending).Should().Be(points.Enqueued);
            points.Added.Should().BeGreaterThanOrEqualTo(last.Added);
            points.Sent.Should().BeGreaterThanOrEqualTo(last.Sent);
            last = points;
        }

        for (int i = 0; i < 20_000; i++)
        {
            Look();
        }

        // A look at nothing proves nothing: some points have to be refused, and some sent, while it looks.
        await Eventually.ShouldAsync(
            () =>
            {
                Look();
                return last is { Refused: > 0, Sent: > 0 };
            },
            "points are refused and sent");

        await enough.CancelAsync();
        await Task.WhenAll(writers);
        logger.Close();
        Metrics final = logger.GetMetrics();
        final.FloatPoints.Pending.Should().Be(0);
        final.PendingBytes.Should().Be(0);
        (await _server.GetCountsAsync(logger.RunIdHex)).Points.Should().Be(final.FloatPoints.Sent);
    }

    [Fact]
    public async Task A_call_that_blocks_waits_no_longer_than_it_is_told_and_the_waits_are_counted()
    {
        await _server.Faults.StallAsync();
        using Logger logger = Full(Backpressure.Block, TimeSpan.FromMilliseconds(50));

        FluentActions.Invoking(() => logger.LogStdFloats("m", Scale.MlStep, new double[1000]))
            .Should().Throw<QueueFullException>().WithMessage("*no room in its 16384 bytes for 50 ms, nothing was logged*");

        Metrics metrics = logger.GetMetrics();
        (metrics.FloatPoints.Refused, metrics.Waits).Should().Be((1000, 1));
        metrics.TimeWaited.Should().BeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(50));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_close_tells_the_service_how_the_run_ended(bool isAsync)
    {
        foreach ((RunEnd end, RunStatus status, string? message) in new[]
        {
            (RunEnd.Finished, RunStatus.Finished, null),
            (RunEnd.Failed("the loss is NaN"), RunStatus.Failed, "the loss is NaN"),
            (RunEnd.Aborted("Ctrl-C"), RunStatus.Aborted, "Ctrl-C"),
            (RunEnd.Failed(new string('é', 2000)), RunStatus.Failed, new string('é', 508)),
        })
        {
            using Logger logger = new(Runs.Config(_server));
            logger.LogStdFloats("m", Scale.MlStep, 1);
            if (isAsync)
            {
                await logger.CloseAsync(end);
            }
            else
            {
                logger.Close(end);
            }

            logger.Close(RunEnd.Aborted("this one is too late"));
            StoredRun run = await _server.GetRunAsync(logger.RunIdHex);
            (run.Status, run.CloseMessage).Should().Be((status, message));
        }
    }

    /// <summary>A logger whose queue has no room for another thousand points while the server stalls.</summary>
    private Logger Full(Backpressure backpressure, TimeSpan? enqueueTimeout = null)
    {
        LoggerConfig config = Runs.Config(_server);
        config.QueueBytes = 16 << 10;
        config.Backpressure = backpressure;
        config.EnqueueTimeout = enqueueTimeout;
        config.CloseTimeout = TimeSpan.FromMilliseconds(100);
        Logger logger = new(config);
        logger.LogStdFloats("m", Scale.MlStep, new double[2000]);
        return logger;
    }

    /// <summary>A logger that tolerates loss and has lost one point.</summary>
    private async Task<Logger> LoseOnePointAsync(ErrorStrategy strategy, RecordingLoggerFactory? log = null)
    {
        LoggerConfig config = Runs.Config(_server);
        (config.LoggerFactory, config.LogLevel) = (log, log is null ? LogLevel.None : LogLevel.Warning);
        config.DeliveryPolicy = DeliveryPolicy.TolerateLoss;
        config.ErrorStrategy = strategy;
        config.BackoffInitial = TimeSpan.FromMilliseconds(1);
        Logger logger = new(config);

        // Refused with others in the window, and then alone: that is what makes it a loss.
        await _server.Faults.FailAsync(FaultStage.Data, "INVALID_ARGUMENT", "no thanks", times: 2);
        logger.LogStdFloats("lost", Scale.MlStep, 1);
        await Eventually.ShouldAsync(() => logger.GetMetrics().FloatPoints.Dropped == 1, "the point is given up");
        await _server.Faults.ClearAsync();
        return logger;
    }
}
