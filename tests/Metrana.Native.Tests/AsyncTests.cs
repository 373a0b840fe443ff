using Metrana.Native.Interop;
using Metrana.Native.Tests.Support;
using Metrana.Server;

namespace Metrana.Native.Tests;

/// <summary>Opening, flushing and closing without holding a thread, and giving up on them.</summary>
public sealed class AsyncTests : IAsyncLifetime
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(30);

    private LocalServer _server = null!;

    public async Task InitializeAsync() => _server = await Runs.StartFaultyServerAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    [ParityRow("call/Logger", "Logger.OpenAsync")]
    [ParityRow("call/flush", "FlushAsync")]
    [ParityRow("call/close", "CloseAsync")]
    public async Task A_run_is_opened_flushed_and_closed()
    {
        LoggerConfig config = Runs.Config(_server);
        config.Endpoint = new Uri(_server.Endpoint).ToString();
        await using Logger logger = await Logger.OpenAsync(config, TimeSpan.FromMinutes(1)).WaitAsync(_deadline);
        logger.RunWasCreated.Should().BeTrue();
        logger.LogStdFloats("m", Scale.MlStep, [1, 2, 3]);

        await logger.FlushAsync().WaitAsync(_deadline);
        logger.GetMetrics().FloatPoints.Sent.Should().Be(3);
        (await _server.PointsAsync(logger.RunIdHex, "m")).Values.Should().Equal(1, 2, 3);
        (await _server.RunAsync(config.RunName!)).Closed.Should().BeFalse();

        logger.LogStdFloats("m", Scale.MlStep, 4);
        await logger.CloseAsync().WaitAsync(_deadline);
        (await _server.PointsAsync(logger.RunIdHex, "m")).Values.Should().Equal(1, 2, 3, 4);
        (await _server.RunAsync(config.RunName!)).Closed.Should().BeTrue();
        logger.Invoking(l => l.LogStdFloats("m", Scale.MlStep, 5)).Should().Throw<LoggerClosedException>();
        await logger.CloseAsync().WaitAsync(_deadline);
    }

    [Fact]
    [ParityRow("call/enter-and-exit", "DisposeAsync")]
    public async Task Disposing_delivers_and_frees_and_a_second_time_does_nothing()
    {
        LoggerConfig config = Runs.Config(_server);
        Logger logger = await Logger.OpenAsync(config).WaitAsync(_deadline);
        logger.LogStdFloats("m", Scale.MlStep, [1, 2, 3]);

        await logger.DisposeAsync().AsTask().WaitAsync(_deadline);
        await logger.DisposeAsync().AsTask().WaitAsync(_deadline);
        logger.Dispose();

        (await _server.RunAsync(config.RunName!)).Closed.Should().BeTrue();
        logger.GetMetrics().FloatPoints.Should().Be(new KindMetrics { Added = 3, Enqueued = 3, Sent = 3 });
        logger.Invoking(l => l.LogStdFloats("m", Scale.MlStep, 1)).Should().Throw<ObjectDisposedException>();
        logger.Invoking(l => { _ = l.FlushAsync(); }).Should().Throw<ObjectDisposedException>();
        logger.Invoking(l => { _ = l.CloseAsync(); }).Should().Throw<ObjectDisposedException>();
        logger.Invoking(l => { _ = l.ShutdownAsync(); }).Should().Throw<ObjectDisposedException>();
        ExitGuard.Snapshot().Should().NotContain(core => core.Info.LoggerId == logger.LoggerId);
    }

    [Fact]
    [ParityRow("call/shutdown_logger", "ShutdownAsync")]
    public async Task Shutdown_leaves_the_run_open()
    {
        LoggerConfig config = Runs.Config(_server);
        await using Logger logger = await Logger.OpenAsync(config).WaitAsync(_deadline);
        logger.LogStdFloats("m", Scale.MlStep, [1, 2, 3]);

        await logger.ShutdownAsync().WaitAsync(_deadline);

        (await _server.PointsAsync(logger.RunIdHex, "m")).Values.Should().Equal(1, 2, 3);
        (await _server.RunAsync(config.RunName!)).Closed.Should().BeFalse();
    }

    [Fact]
    public async Task What_the_blocking_forms_throw_the_others_throw_too()
    {
        await FluentActions.Invoking(() => Logger.OpenAsync(new LoggerConfig())).Should().ThrowAsync<LoggerInitException>().WithMessage("*ApiKey is not set*");
        FluentActions.Invoking(() => { _ = Logger.OpenAsync(null!); }).Should().Throw<ArgumentNullException>();

        LoggerConfig nowhere = Runs.Config(_server);
        nowhere.Endpoint = "http://127.0.0.1:1";
        nowhere.InitTimeout = TimeSpan.FromMilliseconds(200);
        (await FluentActions.Invoking(() => Logger.OpenAsync(nowhere)).Should().ThrowAsync<LoggerInitException>())
            .Which.StatusCode.Should().Be(MetranaStatus.ConnectFailed);

        nowhere.InitTimeout = TimeSpan.FromMinutes(10);
        TimeSpan little = TimeSpan.FromMilliseconds(200);
        (await FluentActions.Invoking(() => Logger.OpenAsync(nowhere, little).WaitAsync(_deadline)).Should().ThrowAsync<LoggerInitException>())
            .Which.StatusCode.Should().Be(MetranaStatus.ConnectFailed);
        FluentActions.Invoking(() => Logger.Open(nowhere, little)).Should().Throw<LoggerInitException>();
        nowhere.InitTimeout.Should().Be(TimeSpan.FromMinutes(10), "the settings stay as they are");
        FluentActions.Invoking(() => { _ = Logger.OpenAsync(nowhere, TimeSpan.Zero); }).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => Logger.Open(nowhere, TimeSpan.FromSeconds(-1))).Should().Throw<ArgumentOutOfRangeException>();

        LoggerConfig config = Runs.Config(_server);
        await using Logger first = await Logger.OpenAsync(config).WaitAsync(_deadline);
        config.OrchestrationId = "another job";
        await FluentActions.Invoking(() => Logger.OpenAsync(config)).Should().ThrowAsync<LoggerInitException>();
        first.Invoking(l => { _ = l.FlushAsync(TimeSpan.FromSeconds(-2)); }).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public async Task A_flush_that_times_out_or_is_given_up_loses_nothing()
    {
        await using Logger logger = await Logger.OpenAsync(Runs.Config(_server)).WaitAsync(_deadline);
        await _server.Faults.StallAsync();
        logger.LogStdFloats("m", Scale.MlStep, [1, 2, 3]);
        using CancellationTokenSource giveUp = new();

        await logger.Invoking(l => l.FlushAsync(TimeSpan.FromMilliseconds(100))).Should().ThrowAsync<FlushTimeoutException>();
        Task flush = logger.FlushAsync(cancellationToken: giveUp.Token);
        flush.IsCompleted.Should().BeFalse();
        await giveUp.CancelAsync();
        (await flush.Awaiting(f => f.WaitAsync(_deadline)).Should().ThrowAsync<OperationCanceledException>())
            .Which.CancellationToken.Should().Be(giveUp.Token);
        await logger.Invoking(l => l.FlushAsync(cancellationToken: giveUp.Token)).Should().ThrowAsync<OperationCanceledException>();
        logger.GetMetrics().FloatPoints.Pending.Should().Be(3);

        await _server.Faults.ClearAsync();
        await logger.FlushAsync().WaitAsync(_deadline);
        (await _server.PointsAsync(logger.RunIdHex, "m")).Values.Should().Equal(1, 2, 3);
    }

    [Fact]
    public async Task A_close_that_is_given_up_goes_on_all_the_same()
    {
        LoggerConfig config = Runs.Config(_server);
        Logger logger = await Logger.OpenAsync(config).WaitAsync(_deadline);
        await _server.Faults.StallAsync();
        logger.LogStdFloats("m", Scale.MlStep, [1, 2, 3]);
        using CancellationTokenSource giveUp = new();
        Task close = logger.CloseAsync(cancellationToken: giveUp.Token);

        await giveUp.CancelAsync();
        await close.Awaiting(c => c.WaitAsync(_deadline)).Should().ThrowAsync<OperationCanceledException>();
        await Eventually.ShouldAsync(
            () =>
            {
                try
                {
                    logger.LogStdFloats("n", Scale.MlStep, ReadOnlySpan<double>.Empty);
                    return false;
                }
                catch (LoggerClosedException)
                {
                    return true;
                }
            },
            "the logger takes nothing more");
        await _server.Faults.ClearAsync();
        await logger.DisposeAsync().AsTask().WaitAsync(_deadline);

        logger.GetMetrics().FloatPoints.Sent.Should().Be(3);
        (await _server.RunAsync(config.RunName!)).Closed.Should().BeTrue();
    }

    [Fact]
    public async Task A_close_out_of_time_says_what_it_leaves_and_dispose_does_not_throw()
    {
        Logger logger = await Logger.OpenAsync(Runs.Config(_server)).WaitAsync(_deadline);
        await _server.Faults.StallAsync();
        logger.LogStdFloats("m", Scale.MlStep, [1, 2, 3]);

        (await logger.Invoking(l => l.CloseAsync(TimeSpan.FromMilliseconds(100))).Should().ThrowAsync<ClosingException>())
            .WithMessage("*3 point(s)*").Which.StatusCode.Should().Be(MetranaStatus.CloseTimeout);
        await logger.DisposeAsync().AsTask().WaitAsync(_deadline);

        logger.GetMetrics().FloatPoints.Should().Be(new KindMetrics { Added = 3, Enqueued = 3, Dropped = 3 });
    }

    /// <summary>Cancelled in the engine, too: otherwise it goes on trying, and the run belongs to nobody.</summary>
    [Fact]
    public async Task An_opening_that_is_given_up_is_not_tried_again()
    {
        LoggerConfig config = Runs.Config(_server);
        await _server.Faults.FailAsync(FaultStage.Init, "UNAVAILABLE", "not yet", times: 1_000_000);
        NativeLibraryLocator.EnsureLoaded();
        using CancellationTokenSource giveUp = new();
        EventPump pump = EventPump.Shared;
        Task<LoggerHandle?> opening = NativeLogger.OpenAsync(config, pump, 0, giveUp.Token);

        await giveUp.CancelAsync();
        await opening.Awaiting(o => o.WaitAsync(_deadline)).Should().ThrowAsync<OperationCanceledException>();
        await Eventually.ShouldAsync(() => !pump.Calls.Knows(opening), "the engine has ended it, while the service still refuses");
        await _server.Faults.ClearAsync();
        await using Logger logger = await Logger.OpenAsync(config).WaitAsync(_deadline);
        logger.RunWasCreated.Should().BeTrue();
    }

    [Fact]
    public async Task An_opening_that_is_given_up_leaves_no_logger_behind()
    {
        using CancellationTokenSource giveUp = new();
        LoggerConfig nowhere = Runs.Config(_server);
        nowhere.Endpoint = "http://127.0.0.1:1";
        LoggerConfig tooLate = Runs.Config(_server);

        Task<Logger> opening = Logger.OpenAsync(nowhere, giveUp.Token);
        opening.IsCompleted.Should().BeFalse();
        await giveUp.CancelAsync();
        await opening.Awaiting(o => o.WaitAsync(_deadline)).Should().ThrowAsync<OperationCanceledException>();
        await FluentActions.Invoking(() => Logger.OpenAsync(tooLate, giveUp.Token)).Should().ThrowAsync<OperationCanceledException>();

        // Other tests have loggers open meanwhile, of other runs.
        ExitGuard.Snapshot().Select(logger => logger.Run).Should().NotContain([nowhere.RunPath, tooLate.RunPath]);
    }

    [Fact]
    public async Task Many_loggers_open_and_close_at_once()
    {
        Task<long>[] runs = [.. Enumerable.Range(0, 40).Select(async i =>
        {
            await using Logger logger = await Logger.OpenAsync(Runs.Config(_server, $"many{i}"));
            logger.LogStdFloats("m", Scale.MlStep, new double[i]);
            await logger.FlushAsync();
            return logger.GetMetrics().FloatPoints.Sent;
        })];

        long[] sent = await Task.WhenAll(runs).WaitAsync(TimeSpan.FromSeconds(60));

        sent.Should().Equal(Enumerable.Range(0, 40).Select(i => (long)i));
    }

    [Fact]
    public async Task Completions_arrive_though_nobody_reads_the_log_lines()
    {
        RecordingLoggerFactory log = new();
        LoggerConfig config = Runs.Config(_server);
        config.LoggerFactory = log;
        config.LogLevel = Microsoft.Extensions.Logging.LogLevel.Trace;
        config.MisStepWarnBudget = 100_000;
        await using Logger logger = await Logger.OpenAsync(config).WaitAsync(_deadline);
        for (int i = 0; i < 10_000; i++)
        {
            logger.LogStdFloats("m", Scale.MlStep, i, steps: 0);
        }

        await logger.FlushAsync().WaitAsync(_deadline);

        logger.GetMetrics().FloatPoints.Sent.Should().Be(10_000);
    }
}
