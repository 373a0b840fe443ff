using Metrana.Mirrors;
using Metrana.Native;
using Metrana.Native.Tests.Support;
using Metrana.Server;
using Metrana.Tests.Support;

namespace Metrana.Tests;

/// <summary>The service takes the run's access away, or refuses one thing after the other: delivery ends, and training goes on.</summary>
public sealed class EndOfDeliveryTests : IAsyncLifetime
{
    private static readonly Dictionary<string, (int Points, Func<Run, Action> Prepare)> _ways = new()
    {
        ["a value"] = (1, run => () => run.Log("way", 1.0)),
        ["a column of float"] = (2, run => () => run.Log("way", [1f, 2f])),
        ["a value at a step of several processes"] = (1, run => () => run.LogDistributed("way", 1.0, step: 3)),
        ["tuples"] = (2, run => () => run.Log(("a", 1.0), ("b", 2.0))),
        ["a dictionary"] = (2, run => () => run.Log(new Dictionary<string, double> { ["a"] = 1, ["b"] = 2 })),
        ["an anonymous object"] = (2, run => () => run.Log(new { a = 1.0, b = 2.0 })),
        ["an evaluation"] = (1, run => () => run.Evaluation.Log("way", 1.0)),
        ["a handle that was used"] = (1, With(run => run.Series("way"), series => series.Log(1.0))),
        ["a column of a handle"] = (2, With(run => run.Series("way"), series => series.Log([1.0, 2.0]))),
        ["a new handle"] = (1, run => () => run.Series("way").Log(1.0)),
        ["an RL handle that was used"] = (2, With(run => run.RlSeries("way"), series => series.Log([1.0, 2.0], rlStep: 0, ["env-0", "env-1"]))),
        ["a new RL handle"] = (1, run => () => run.RlSeries("way").Log(1f, rlStep: 0, "env-0")),
        ["a timed section"] = (1, run => () => run.Time("way").Dispose()),
        ["an episode"] = (1, run => () => run.LogEpisode("way", 1.0, rlStep: 0)),
        ["environment steps"] = (2, run => () => run.LogEnvironmentStep("way", [1f, 2f], rlStep: 0, ["env-0", "env-1"])),
        ["a step of an episode tracker"] = (6, With(
            run => run.TrackEpisodes(2, options: new EpisodeTrackerOptions { MeanWindow = 0 }),
            episodes => episodes.Step(0, [1.0, 2.0], [true, true]))),
        ["a new episode tracker"] = (2, run => () => run.TrackEpisodes(2).Step(0, [1.0, 2.0], [false, false])),
        ["a histogram"] = (1, run => () => run.LogHistogram("way", [1.0, 2.0], step: 0)),
        ["a scatter"] = (1, run => () => run.LogScatter("way", [1.0], [2.0], step: 0)),
        ["a configuration"] = (2, run => () => run.LogConfig(new { lr = 0.1, batch = 64 })),
        ["attributes"] = (1, run => () => run.LogAttributes("data", new { rows = 3 })),
        ["attributes of an environment"] = (1, run => () => run.LogEnvironmentAttributes("env-0", new { seed = 3 })),
        ["tags"] = (1, run => () => run.Tags.Set("x")),
        ["a tag more"] = (1, run => () => run.Tags.Add("x")),
        ["a description"] = (1, run => () => run.SetDescription("sweep")),
        ["an annotation"] = (1, run => () => run.Annotate("checkpoint")),
    };

    private LocalServer _server = null!;

    public static TheoryData<string> Ways => [.. _ways.Keys];

    public async Task InitializeAsync() => _server = await LocalServer.StartAsync(new LocalServerOptions { AllowFaults = true });

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [MemberData(nameof(Ways))]
    [ParityRow("failures/access-denied", "training goes on", "mirrors still get it")]
    public async Task When_delivery_has_ended_training_goes_on_whatever_it_logs_and_mirrors_still_get_it(string way)
    {
        (int points, Func<Run, Action> prepare) = _ways[way];
        RecordingMirror expected = new();
        using (Run recorded = Run.InMemory(mirrors: [expected]))
        {
            Action log = prepare(recorded);
            log();
            log();
            log();
        }

        foreach (bool mirrored in (bool[])[false, true])
        {
            RecordingMirror mirror = new();
            RunOptions options = Options();
            options.Mirrors = mirrored ? [mirror] : null;
            Run run = await Run.StartAsync(options);
            Action log = prepare(run);
            log();
            await run.FlushAsync();
            await EndDeliveryAsync(run, "PERMISSION_DENIED");
            log.Should().NotThrow("it meets the engine that has stopped");
            log.Should().NotThrow("it does not ask the engine any more");

            RunDelivery delivery = new() { Added = (3 * points) + 1, Sent = points, Dropped = (2 * points) + 1 };
            run.Delivery.Should().Be(delivery);
            await run.DisposeAsync();
            run.Delivery.Should().Be(delivery);
            mirror.Records.Should().HaveCount(mirrored ? expected.Records.Count + 1 : 0, "mirrors still get it");
        }
    }

    [Theory]
    [InlineData("UNAUTHENTICATED", "check the API key; start again with Resume = Allow")]
    [InlineData("PERMISSION_DENIED", "check the API key; start again with Resume = Allow")]
    [InlineData("UNIMPLEMENTED", "check that Endpoint leads to an ingestion service; start again with Resume = Allow")]
    [ParityRow("failures/access-denied", "DeliveryEnded", "says once what the service said and what to do", "the summary at the end", "SenderException")]
    public async Task An_event_says_once_what_the_service_said_and_what_to_do_and_so_does_the_summary_at_the_end(string code, string remedy)
    {
        using SharedWriter output = new();
        RecordingLoggerFactory log = new();
        RunOptions options = Options();
        (options.Print, options.Output, options.LoggerFactory) = (true, output, log);
        Run run = await Run.StartAsync(options);
        await EndDeliveryAsync(run, code);
        Parallel.For(0, 100, _ => run.Log("loss", 1.0));
        run.Delivery.Should().Be(new RunDelivery { Added = 101, Dropped = 101 });
        (await run.Awaiting(r => r.FlushAsync()).Should().ThrowAsync<SenderException>()).WithMessage("*the key was revoked*");
        await run.DisposeAsync();

        RecordingLoggerFactory.Line ended = log.Lines.Single(line => line.Id == RunEvents.DeliveryEnded);
        (ended["Remedy"], ended["Run"]).Should().Be((remedy, $"tests/{run.Name}"));
        ended["Reason"].As<string>().Should().Contain("the key was revoked");
        ended["Text"].As<string>().Should().Contain("the key was revoked").And.Contain("counted as dropped").And.EndWith($"{remedy}.");
        output.ToString().Should().MatchRegex("101 added, 0 sent, 101 dropped\n.*delivery ended before the run did: .*the key was revoked");
    }

    [Fact]
    [ParityRow("failures/access-denied", "refuses three messages", "ClosingException")]
    public async Task A_service_that_refuses_three_messages_one_after_the_other_ends_delivery_and_closing_says_so()
    {
        RecordingLoggerFactory log = new();
        RunOptions options = Options();
        options.LoggerFactory = log;
        Run run = await Run.StartAsync(options);
        await _server.Faults.FailAsync(FaultStage.Data, "INVALID_ARGUMENT", "no thanks", times: 10_000);
        bool HasEnded()
        {
            run.Log("loss", 1.0);
            return log.Lines.Any(line => line.Id == RunEvents.DeliveryEnded);
        }

        await Eventually.ShouldAsync(HasEnded, "the service refuses three messages");
        RunDelivery delivery = run.Delivery;
        delivery.Should().Be(new RunDelivery { Added = delivery.Added, Dropped = delivery.Added });
        log.Lines.Single(line => line.Id == RunEvents.DeliveryEnded)["Remedy"].Should().Be("mend what the service refuses; start again with Resume = Allow");
        await run.Awaiting(r => r.CloseAsync()).Should().ThrowAsync<ClosingException>().WithMessage("*no thanks*");
    }

    [Theory]
    [InlineData(true, ErrorStrategy.Warn)]
    [InlineData(false, ErrorStrategy.RaiseOnLog)]
    [ParityRow("failures/access-denied", "StopOnLoss", "ErrorStrategy.RaiseOnLog", "SenderException")]
    public async Task Who_chose_to_hear_of_losses_hears_of_this_one_in_every_later_call(bool stopOnLoss, ErrorStrategy errors)
    {
        RunOptions options = Options();
        (options.StopOnLoss, options.Errors, options.CloseTimeout) = (stopOnLoss, errors, TimeSpan.Zero);
        using Run run = await Run.StartAsync(options);
        Series series = run.Series("series");
        RlSeries rl = run.RlSeries("rl");
        await EndDeliveryAsync(run, "PERMISSION_DENIED");

        for (int i = 0; i < 2; i++)
        {
            run.Invoking(r => r.Log("loss", 3.0)).Should().Throw<SenderException>().WithMessage("*denies this logger access*the key was revoked*");
            series.Invoking(s => s.Log(3.0)).Should().Throw<SenderException>();
            rl.Invoking(s => s.Log(3.0, rlStep: 0, "env-0")).Should().Throw<SenderException>();
        }
    }

    /// <summary>A way through something that is made before delivery ends.</summary>
    private static Func<Run, Action> With<T>(Func<Run, T> make, Action<T> log) => run =>
    {
        T made = make(run);
        return () => log(made);
    };

    private async Task EndDeliveryAsync(Run run, string code)
    {
        await _server.Faults.FailAsync(FaultStage.Data, code, "the key was revoked");
        run.Log("loss", 1.0);
        await Eventually.ShouldAsync(() => run.Delivery.Dropped == 1, "delivery ends");
    }

    private RunOptions Options() => SharedServer.OptionsAt(_server.Endpoint);
}
