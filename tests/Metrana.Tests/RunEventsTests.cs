using System.Globalization;
using Metrana.Native.Tests.Support;
using Metrana.Server;
using Metrana.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Metrana.Tests;

/// <summary>The warnings of a run are events with ids and fields.</summary>
public class RunEventsTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    public void Every_warning_has_its_row_in_the_guide()
    {
        string guide = Sources.Read("docs", "guide.md");
        EventId[] all = [.. typeof(RunEvents).GetProperties().Select(property => (EventId)property.GetValue(null)!)];

        all.Select(id => id.Id).Should().OnlyHaveUniqueItems().And.HaveCountGreaterThan(5);
        foreach (EventId id in all)
        {
            guide.Should().Contain($"| {id.Id} | `{id.Name}` |");
        }
    }

    [Fact]
    public async Task Label_sets_and_scales_are_told_with_their_names_and_numbers()
    {
        RecordingLoggerFactory log = new();
        RunOptions options = shared.Options();
        options.LoggerFactory = log;
        await using Run run = await Run.StartAsync(options);
        for (int i = 0; i <= 1000; i++)
        {
            run.Log("loss", 1.0, labels: [("batch", i.ToString(CultureInfo.InvariantCulture))]);
        }

        run.Log("val/loss", 1.0, scale: "EPOCHS");

        RecordingLoggerFactory.Line labels = log.Lines.Single(line => line.Id == RunEvents.TooManyLabelSets);
        (labels.Category, labels.Level, labels["Run"]).Should().Be(("Metrana", LogLevel.Warning, $"tests/{run.Name}"));
        (labels["Metric"], labels["Sets"], labels["Last"]).Should().Be(("loss", 1001, "batch=1000"));
        labels["Text"].As<string>().Should().StartWith("the metric 'loss' has 1001 label sets");
        RecordingLoggerFactory.Line scale = log.Lines.Single(line => line.Id == Native.LoggerEvents.DoubtfulScale);
        (scale["Scale"], scale["Near"]).Should().Be(("EPOCHS", "EPOCH"));
    }

    [Fact]
    public async Task Drops_and_an_end_that_is_not_whole_are_told_with_their_numbers()
    {
        RecordingLoggerFactory log = new();
        LocalServer server = await LocalServer.StartAsync();
        RunOptions options = shared.Options();
        (options.Endpoint, options.LoggerFactory, options.QueueBytes) = (server.Endpoint, log, 100_000);
        (options.EnqueueTimeout, options.CloseTimeout) = (TimeSpan.Zero, TimeSpan.FromSeconds(0.1));
        Run run = await Run.StartAsync(options);
        await server.DisposeAsync();
        for (int i = 0; i < 40; i++)
        {
            run.Log("loss", new double[1000]);
        }

        await Eventually.ShouldAsync(() => log.Lines.Any(line => line.Id == RunEvents.PointsDropped), "the drops are said");
        await run.DisposeAsync();

        RecordingLoggerFactory.Line drops = log.Lines.First(line => line.Id == RunEvents.PointsDropped);
        drops["Dropped"].Should().Be(drops["Total"]).And.BeOfType<long>();
        log.Lines.Single(line => line.Id == RunEvents.EndIncomplete)["Reason"].As<string>().Should().NotBeEmpty();
    }

    [Fact]
    [ParityRow("client/variables-without-effect", "METRANA_DISK_SPOOL_DIR", "no effect here")]
    public async Task Variables_without_effect_are_told_once_at_the_start()
    {
        string name = SharedServer.NewName();
        using Child child = Child.Play(
            "forget", shared.Server.Endpoint, name, null, ("METRANA_DISK_SPOOL_DIR", "spool"), ("METRANA_TRACING_SAMPLE_RATE", "0.1"));
        (int exitCode, string errors) = await child.EndAsync();

        exitCode.Should().Be(0);
        errors.Should().Contain("metrana warning: Variables of the published clients are set that have no effect here: METRANA_DISK_SPOOL_DIR (");
        errors.Split("no effect here").Should().HaveCount(2);
        errors.Should().Contain("; METRANA_TRACING_SAMPLE_RATE (");
    }
}
