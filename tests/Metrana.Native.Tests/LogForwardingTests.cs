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

    [Fact]
    public async Task A_line_is_an_event_with_an_id_and_fields()
    {
        RecordingLoggerFactory log = new();
        using Logger logger = Open(log, LogLevel.Warning);

        MisStep(logger);

        await Eventually.ShouldAsync(() => !log.Lines.IsEmpty, "the line arrives");
        log.Lines.TryPeek(out RecordingLoggerFactory.Line? line).Should().BeTrue();
        line!.Id.Should().Be(LoggerEvents.StepsDidNotGrow);
        line.Id.Name.Should().Be("StepsDidNotGrow");
        (line["Run"], line["Metric"], line["Scale"], line["Count"]).Should().Be((logger.RunPath, "m", "ML_STEP", 1L));
        (line["LargestIncoming"], line["LastStep"]).Should().Be((3L, 5L));
        line["{OriginalFormat}"].Should().Be("{Run}: {Text}");
        line.Text.Should().Be($"{line["Run"]}: {line["Text"]}");
        line.State.Should().HaveCount(8);
    }

    [Fact]
    public async Task Opening_and_closing_are_events_too()
    {
        RecordingLoggerFactory log = new();
        Logger logger = Open(log, LogLevel.Information);
        logger.LogStdFloats("m", Scale.MlStep, [1.0, 2.0]);
        logger.Dispose();

        await Eventually.ShouldAsync(() => log.Lines.Any(line => line.Id == LoggerEvents.LoggerClosed), "both are told");
        RecordingLoggerFactory.Line opened = log.Lines.Single(line => line.Id == LoggerEvents.RunOpened);
        (opened["Created"], opened["LoggerId"], opened["OrchestrationId"]).Should().Be((true, logger.LoggerId, logger.OrchestrationId));
        opened["Endpoint"].Should().Be(_server.Endpoint);
        opened.Text.Should().Contain($" at {_server.Endpoint}");
        RecordingLoggerFactory.Line closed = log.Lines.Single(line => line.Id == LoggerEvents.LoggerClosed);
        (closed["Sent"], closed["Lost"]).Should().Be((2L, 0L));
        closed.Text.Should().Contain("2 points and attributes delivered, 0 lost");
    }

    [Fact]
    public async Task A_wrong_endpoint_is_told_with_its_reason_and_the_time_of_the_next_try()
    {
        RecordingLoggerFactory log = new();
        LoggerConfig config = Runs.Config(_server, nameof(LogForwardingTests));
        config.Endpoint = "http://127.0.0.1:9";
        config.InitTimeout = TimeSpan.FromSeconds(1);
        config.LogLevel = LogLevel.Warning;
        config.LoggerFactory = log;

        FluentActions.Invoking(() => new Logger(config)).Should().Throw<LoggerInitException>();

        await Eventually.ShouldAsync(() => log.Lines.Any(line => line.Id == LoggerEvents.OpeningFailed), "it is told");
        RecordingLoggerFactory.Line line = log.Lines.First(line => line.Id == LoggerEvents.OpeningFailed);
        line["Endpoint"].Should().Be("http://127.0.0.1:9");
        line["Reason"].Should().BeOfType<string>().Which.Should().NotBeEmpty();
        line["RetrySeconds"].Should().BeOfType<double>().Which.Should().BePositive();
        line["Attempt"].Should().Be(1L);
    }

    [Fact]
    public void Every_line_of_the_engine_has_an_id_of_its_own()
    {
        IReadOnlyDictionary<string, int> numbers = NativeHeader.Enumeration("metrana_line");

        numbers.Should().HaveCountGreaterThan(5);
        foreach ((string name, int number) in numbers)
        {
            EventId id = LoggerEvents.OfEngine(number);
            id.Id.Should().Be(number);
            id.Name!.ToUpperInvariant().Should().Be(name.Replace("_", "", StringComparison.Ordinal));
        }

        string page = Sources.Read("docs", "logger.md");
        foreach (EventId id in typeof(LoggerEvents).GetProperties().Select(property => (EventId)property.GetValue(null)!).Except([LoggerEvents.Other]))
        {
            page.Should().Contain($"| {id.Id} | `{id.Name}` |");
        }

        LoggerEvents.OfEngine(9999).Should().Be(LoggerEvents.Other);
        EventFields.Pascal("grpc_code").Should().Be("GrpcCode");
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
