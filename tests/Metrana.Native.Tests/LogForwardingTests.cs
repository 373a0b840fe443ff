using Metrana.Native.Interop;
using Metrana.Native.Tests.Support;
using Metrana.Server;
using Microsoft.Extensions.Logging;

namespace Metrana.Native.Tests;

/// <summary>The engine's lines reach the application's log.</summary>
public sealed class LogForwardingTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly LocalServer _server = fixture.Server;

    [Fact]
    [ParityRow("option/log_level", "LogLevel")]
    public async Task A_warning_arrives_with_its_category_level_and_run()
    {
        RecordingLoggerFactory log = new();
        using Logger logger = Open(log, LogLevel.Warning);

        MisStep(logger);

        await Eventually.ShouldAsync(() => !log.Lines.IsEmpty, "a line arrives");
        log.Lines.Should().ContainSingle();
        log.Lines.TryPeek(out RecordingLoggerFactory.Line? line).Should().BeTrue();
        line!.Category.Should().Be("Metrana.Native");
        line.Level.Should().Be(LogLevel.Warning);
        line.Text.Should().StartWith("ws/proj/").And.Contain("metric: m ");
    }

    [Fact]
    public async Task An_opened_run_is_told_as_information()
    {
        RecordingLoggerFactory log = new();
        using Logger logger = Open(log, LogLevel.Information);

        await Eventually.ShouldAsync(() => log.Lines.Any(line => line.Text.Contains("the run is open, newly created", StringComparison.Ordinal)), "it is told");
        log.Lines.Should().Contain(line => line.Level == LogLevel.Information && line.Text.StartsWith(logger.RunPath));
    }

    [Fact]
    public async Task A_line_that_nobody_wants_is_asked_about_and_not_made()
    {
        RecordingLoggerFactory log = new() { Level = LogLevel.Error };
        using Logger logger = Open(log, LogLevel.Trace);

        MisStep(logger);

        await Eventually.ShouldAsync(() => log.Asked.Contains(LogLevel.Warning), "the question is put");
        log.Lines.Should().BeEmpty();
    }

    [Fact]
    [ParityRow("enum/LogLevel.Off", "LogLevel")]
    public async Task What_the_configuration_does_not_want_is_not_even_asked_about()
    {
        RecordingLoggerFactory quiet = new();
        RecordingLoggerFactory loud = new();
        using Logger silent = Open(quiet, LogLevel.None);
        using Logger other = Open(loud, LogLevel.Warning);

        MisStep(silent);
        MisStep(other);

        await Eventually.ShouldAsync(() => !loud.Lines.IsEmpty, "the other one's line arrives, which comes later");
        quiet.Asked.Should().BeEmpty();
        quiet.Lines.Should().BeEmpty();
    }

    [Fact]
    public async Task Each_line_finds_its_own_logger()
    {
        RecordingLoggerFactory first = new();
        RecordingLoggerFactory second = new();
        using Logger one = Open(first, LogLevel.Warning);
        using Logger two = Open(second, LogLevel.Warning);

        MisStep(one);
        MisStep(two);

        await Eventually.ShouldAsync(() => !first.Lines.IsEmpty && !second.Lines.IsEmpty, "both lines arrive");
        first.Lines.Should().ContainSingle();
        second.Lines.Should().ContainSingle();
    }

    [Fact]
    public async Task A_log_provider_that_throws_takes_no_one_with_it()
    {
        RecordingLoggerFactory broken = new() { Throws = true };
        RecordingLoggerFactory sound = new();
        using Logger one = Open(broken, LogLevel.Warning);
        using Logger two = Open(sound, LogLevel.Warning);

        MisStep(one);
        MisStep(two);

        await Eventually.ShouldAsync(() => !sound.Lines.IsEmpty, "the other one's line arrives");
    }

    [Fact]
    public async Task A_sink_is_forgotten_when_its_logger_is_gone_and_its_lines_are_told()
    {
        RecordingLoggerFactory log = new();
        Logger logger = Open(log, LogLevel.Warning);
        ulong tag = ExitGuard.Snapshot().Single(core => core.Info.LoggerId == logger.LoggerId).Tag;
        EventPump.Shared.Knows(tag).Should().BeTrue();
        MisStep(logger);
        logger.Dispose();

        // The next event of anybody lets the pump look for what has retired.
        using Logger other = Open(new RecordingLoggerFactory(), LogLevel.Warning);
        MisStep(other);

        await Eventually.ShouldAsync(() => !EventPump.Shared.Knows(tag), "the pump forgets it");
        log.Lines.Should().ContainSingle();
    }

    private Logger Open(ILoggerFactory log, LogLevel level)
    {
        LoggerConfig config = Runs.Config(_server, nameof(LogForwardingTests));
        config.LoggerFactory = log;
        config.LogLevel = level;
        return new Logger(config);
    }

    /// <summary>Makes the engine say something: a step that was there already.</summary>
    private static void MisStep(Logger logger)
    {
        logger.LogStdFloats("m", Scale.MlStep, 1, steps: 5);
        logger.LogStdFloats("m", Scale.MlStep, 1, steps: 3);
    }
}
