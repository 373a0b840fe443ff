using Metrana.Native.Tests.Support;
using Metrana.Server;

namespace Metrana.Native.Tests;

/// <summary>Opening a run: what is told about it, and what is refused.</summary>
public sealed class RunTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly LocalServer _server = fixture.Server;

    [Fact]
    [ParityRow("call/run_was_created", "RunWasCreated")]
    [ParityRow("call/run_id", "RunId", "RunIdHex")]
    public async Task A_logger_knows_its_run_and_the_server_knows_what_was_configured()
    {
        LoggerConfig config = Runs.Config(_server);
        config.Experiment = "exp";
        config.Organization = "org";
        config.OrchestrationId = "job-1";
        config.LoggerId = ulong.MaxValue;

        using Logger logger = new(config);

        StoredRun run = await _server.RunAsync(config.RunName!);
        run.RunId.Should().Be(logger.RunIdHex);
        Convert.FromHexString(run.RunId).Should().Equal(logger.RunId.ToArray());
        (run.Workspace, run.Project).Should().Be(("ws", "proj"));
        (run.Experiment, run.Organization, run.OrchestrationId).Should().Be(("exp", "org", "job-1"));
        logger.RunWasCreated.Should().BeTrue();
        logger.LoggerId.Should().Be(ulong.MaxValue);
        logger.OrchestrationId.Should().Be("job-1");
    }

    [Fact]
    public void What_happens_to_a_configuration_afterwards_has_no_effect()
    {
        LoggerConfig config = Runs.Config(_server);
        using Logger logger = new(config);

        config.RunName = null;

        logger.Invoking(l => l.LogStdFloats("m", Scale.MlStep, 1)).Should().NotThrow();
    }

    [Fact]
    [ParityRow("enum/ResumeStrategy.Never", "ResumeStrategy.Never")]
    [ParityRow("enum/ResumeStrategy.Allow", "ResumeStrategy.Allow")]
    [ParityRow("delivery/taken-names", "RunAlreadyExistsException", "OrchestrationIdMismatchException")]
    public void Another_jobs_run_is_not_joined_unless_that_is_allowed()
    {
        LoggerConfig config = Runs.Config(_server);
        config.Resume = ResumeStrategy.Never;
        config.OrchestrationId = "job-1";
        using Logger first = new(config);

        using Logger same = new(config);
        same.RunWasCreated.Should().BeFalse();
        same.RunIdHex.Should().Be(first.RunIdHex);

        config.OrchestrationId = "job-2";
        FluentActions.Invoking(() => new Logger(config)).Should().ThrowExactly<OrchestrationIdMismatchException>()
            .WithMessage($"run '*/{config.RunName}' already exists: choose another run name, or continue it with ResumeStrategy.Allow. "
                + "It belongs to another job: its OrchestrationId is 'job-1', this job's is 'job-2'").Which.StatusCode.Should().Be(MetranaStatus.OrchestrationIdMismatch);
        FluentActions.Invoking(() => new Logger(config)).Should().Throw<RunAlreadyExistsException>("the name is taken, whatever the reason");

        config.OrchestrationId = null;
        FluentActions.Invoking(() => new Logger(config)).Should().Throw<RunAlreadyExistsException>()
            .WithMessage("*ResumeStrategy.Allow. It belongs to another job, or to an earlier start of this one; the processes of a job share*");

        config.Resume = ResumeStrategy.Allow;
        using Logger allowed = new(config);
        allowed.RunWasCreated.Should().BeFalse();
    }

    [Fact]
    [ParityRow("point/resumed-series", "resumed series goes on after")]
    public void A_resumed_series_goes_on_after_its_last_step()
    {
        LoggerConfig config = Runs.Config(_server);
        using (Logger first = new(config))
        {
            first.LogStdFloats("m", Scale.MlStep, [1, 2, 3], steps: 40);
            first.Shutdown();
        }

        config.Resume = ResumeStrategy.Allow;
        using Logger second = new(config);

        second.GetSeriesLastStep("m", Scale.MlStep).Should().Be(42);
    }

    [Fact]
    [ParityRow("exception/LoggerInitError", "LoggerInitException")]
    public void A_service_out_of_reach_is_told_within_the_time_given()
    {
        LoggerConfig config = Runs.Config(_server);

        // The discard port of this machine: nobody listens there.
        config.Endpoint = "http://127.0.0.1:9";
        config.InitTimeout = TimeSpan.FromMilliseconds(300);

        LoggerInitException error = FluentActions.Invoking(() => new Logger(config)).Should().Throw<LoggerInitException>().Which;

        error.StatusCode.Should().Be(MetranaStatus.ConnectFailed);
        error.Message.Should().Contain("127.0.0.1:9");
    }

    [Fact]
    public async Task A_refusal_of_the_service_carries_its_status()
    {
        await using LocalServer server = await Runs.StartFaultyServerAsync();
        await server.Faults.FailAsync(FaultStage.Init, "PERMISSION_DENIED", "no such key");

        LoggerInitException error = FluentActions.Invoking(() => new Logger(Runs.Config(server)))
            .Should().Throw<LoggerInitException>().Which;

        error.StatusCode.Should().Be(MetranaStatus.InitRefused);
        error.GrpcStatus.Should().Be(7);
        error.Message.Should().Contain("no such key");
    }

    [Fact]
    public void Ten_loggers_are_apart()
    {
        LoggerConfig config = Runs.Config(_server);
        config.OrchestrationId = "job";
        Logger[] loggers = [.. Enumerable.Range(0, 10).Select(_ => new Logger(config))];

        loggers.Select(logger => logger.LoggerId).Should().OnlyHaveUniqueItems();
        foreach (Logger logger in loggers)
        {
            logger.Dispose();
        }
    }
}
