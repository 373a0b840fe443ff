using Metrana.Native.Tests.Support;
using Metrana.Server;
using Microsoft.Extensions.Logging;

namespace Metrana.Native.Tests;

/// <summary>Two loggers of one process on one run are told that they count steps apart.</summary>
public sealed class SharedRunTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly LocalServer _server = fixture.Server;

    [Fact]
    public async Task A_second_logger_of_a_run_that_is_open_is_warned_of()
    {
        RecordingLoggerFactory log = new();
        LoggerConfig config = Runs.Config(_server) with { Resume = ResumeStrategy.Allow, LoggerFactory = log, LogLevel = LogLevel.Warning };
        using Logger first = Logger.Open(config);
        using Logger second = Logger.Open(config);

        await Eventually.ShouldAsync(() => !log.Lines.IsEmpty, "the warning comes");
        RecordingLoggerFactory.Line line = log.Lines.Should().ContainSingle().Which;
        line.Id.Should().Be(LoggerEvents.RunOpenTwice);
        line.Level.Should().Be(LogLevel.Warning);
        line["Others"].Should().Be(1);
        line.Text.Should().StartWith(first.RunPath).And.Contain("pass the steps");
    }

    [Fact]
    public async Task A_run_that_is_resumed_after_its_end_is_not()
    {
        RecordingLoggerFactory log = new();
        LoggerConfig config = Runs.Config(_server) with { Resume = ResumeStrategy.Allow, LoggerFactory = log, LogLevel = LogLevel.Warning };
        Logger closed = Logger.Open(config);
        closed.Close();
        using Logger other = Logger.Open(Runs.Config(_server) with { LoggerFactory = log });
        using Logger resumed = Logger.Open(config);
        closed.Dispose();

        // What is said of a mis-step comes after everything that opening said.
        resumed.LogStdFloats("m", "S", 1, steps: 5);
        resumed.LogStdFloats("m", "S", 1, steps: 5);
        await Eventually.ShouldAsync(() => log.Lines.Any(line => line.Id == LoggerEvents.StepsDidNotGrow), "the mis-step is told");
        log.Lines.Should().NotContain(line => line.Id == LoggerEvents.RunOpenTwice);
    }

    [Fact]
    public void A_logger_knows_where_it_logs()
    {
        LoggerConfig config = Runs.Config(_server);
        using Logger logger = Logger.Open(config);

        (logger.Workspace, logger.Project, logger.RunName).Should().Be((config.Workspace!, config.Project!, config.RunName!));
        logger.RunPath.Should().Be($"{logger.Workspace}/{logger.Project}/{logger.RunName}");
    }
}
