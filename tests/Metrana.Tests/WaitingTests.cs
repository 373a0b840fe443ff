using Metrana.Backends;
using Metrana.Native;
using Metrana.Native.Tests.Support;
using Metrana.Server;
using Metrana.Tests.Support;

namespace Metrana.Tests;

/// <summary>A run that goes on without its service, at the moment when that appears.</summary>
public class WaitingTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private static readonly TimeSpan _long = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task While_what_was_kept_is_handed_over_a_call_waits_for_none_of_it_and_all_keep_their_order()
    {
        using GatedBackend service = new();
        TaskCompletionSource<Backend?> appears = new();
        using WaitingBackend waiting = new(1 << 20, RunConsole.Silent, _ => appears.Task);
        Log(waiting, 1);
        Log(waiting, 2);
        appears.SetResult(service);
        service.Entered.Wait(_long).Should().BeTrue("the first of them waits for room in the service");

        await Task.Run(() => Log(waiting, 3)).WaitAsync(_long);
        await Task.Run(() => waiting.Delivery.Should().Be(new RunDelivery { Added = 3, Pending = 3 })).WaitAsync(_long);
        service.MakeRoom();
        await waiting.FlushAsync(_long, CancellationToken.None);
        Log(waiting, 4);

        service.Values.Should().Equal(1, 2, 3, 4);
        waiting.Delivery.Should().Be(new RunDelivery { Added = 4, Sent = 4 });
    }

    [Fact]
    public async Task A_run_that_ends_while_what_was_kept_is_handed_over_ends_in_time_and_says_what_is_lost()
    {
        using GatedBackend service = new();
        using WaitingBackend waiting = new(1 << 20, RunConsole.Silent, _ => Task.FromResult<Backend?>(service));
        Log(waiting, 1);
        service.Entered.Wait(_long).Should().BeTrue();
        Log(waiting, 2);
        Log(waiting, 3);
        Task end = waiting.EndAsync(new EndOfRun(TimeSpan.Zero, true, RunOutcome.Finished, null));
        service.MakeRoom();

        await end.Awaiting(one => one.WaitAsync(_long)).Should().ThrowAsync<ClosingException>().WithMessage("*before 2 points*");
        service.HasEnded.Should().BeTrue("the service is told that the run has ended");
        waiting.Delivery.Should().Be(new RunDelivery { Added = 3, Sent = 1, Dropped = 2 });
    }

    [Fact]
    public async Task A_handle_that_was_made_while_the_run_waited_is_the_engines_own_when_the_service_has_appeared()
    {
        using Forwarder address = new();
        await using Run run = await Run.StartAsync(Waiting(address));
        Series series = run.Series("loss");
        series.Log(1.0);
        series.IsNative.Should().BeFalse();
        address.Open(shared.Server.Endpoint);
        await run.FlushAsync(_long);

        series.Log(2.0);
        series.IsNative.Should().BeTrue();
        Allocation.OfOneCall(() => series.Log(3.0)).Should().Be(0);
        await run.FlushAsync(_long);
        StoredPoints stored = await shared.PointsAsync(run, "loss");
        stored.Values.Take(3).Should().Equal(1, 2, 3);
        stored.Steps.Should().Equal(Enumerable.Range(0, stored.Steps.Count).Select(step => (long)step));
    }

    [Fact]
    [ParityRow("failures/bad-call", "while the run waits for its service", "does not throw", "CallRefused")]
    public async Task While_the_run_waits_for_its_service_a_bad_call_does_not_throw_and_is_told_later()
    {
        using Forwarder address = new();
        RecordingLoggerFactory log = new();
        RunOptions options = Waiting(address);
        options.LoggerFactory = log;
        await using Run run = await Run.StartAsync(options);
        run.Invoking(r => r.Log("a bad name", 1.0)).Should().NotThrow("while the run waits for its service a bad call does not throw");
        run.Log("loss", 2.0);
        address.Open(shared.Server.Endpoint);
        await run.FlushAsync(_long);

        log.Lines.Single(line => line.Id == RunEvents.CallRefused)["Reason"].As<string>().Should().Contain("a bad name");
        run.Delivery.Should().Be(new RunDelivery { Added = 2, Sent = 1, Dropped = 1 });
        run.Invoking(r => r.Log("a bad name", 1.0)).Should().Throw<MetricValidationException>();
    }

    [Fact]
    [ParityRow("failures/waited-run-existed", "Resume = ResumeStrategy.Allow", "NextRlStep", "TrackEpisodes", "KeptPointsBehind")]
    public async Task A_run_that_waited_and_turns_out_to_have_existed_says_what_of_it_does_not_count()
    {
        using Forwarder address = new();
        RecordingLoggerFactory log = new();
        RunOptions options = Waiting(address);
        options.LoggerFactory = log;
        options.Resume = ResumeStrategy.Allow;
        await using (Run earlier = await Run.StartAsync(shared.Options(options.Name)))
        {
            earlier.TrackEpisodes(2).Step(5, [1.0, 1.0], [false, false]);
        }

        await using Run run = await Run.StartAsync(options);
        EpisodeTracker episodes = run.TrackEpisodes(3);
        episodes.Episodes.ToArray().Should().Equal(0, 0, 0);
        run.NextRlStep.Should().Be(0);
        episodes.Step(4, [2.0, 2.0, 2.0], [false, false, false]);
        episodes.Step(6, [3.0, 3.0, 3.0], [false, false, false]);
        run.Log("loss", 1.0);
        address.Open(shared.Server.Endpoint);
        await run.FlushAsync(_long);

        RecordingLoggerFactory.Line behind = log.Lines.Single(line => line.Id == RunEvents.KeptPointsBehind);
        (behind["Points"], behind["LastRlStep"]).Should().Be((2L, 5L), "the third environment is new");
        behind["Text"].As<string>().Should().Contain("does not count 2 points").And.Contain("Wait for the service").And.Contain("a new name");
        run.Delivery.Should().Be(new RunDelivery { Added = 7, Sent = 7 });
        StoredSeries rewards = await shared.SeriesAsync(run, "reward");
        (await shared.Server.GetRlPointsAsync(run.Id, rewards.Id, "env-0", PointView.Counted)).Values.Should().Equal(1, 3);
        (await shared.Server.GetRlPointsAsync(run.Id, rewards.Id, "env-2", PointView.Counted)).Values.Should().Equal(2, 3);
    }

    [Fact]
    public async Task A_run_that_waited_and_is_new_or_kept_nothing_behind_says_nothing()
    {
        string name = SharedServer.NewName();
        RecordingLoggerFactory log = new();
        for (int start = 0; start < 2; start++)
        {
            using Forwarder address = new();
            RunOptions options = Waiting(address);
            (options.Name, options.Resume, options.LoggerFactory) = (name, ResumeStrategy.Allow, log);
            await using Run run = await Run.StartAsync(options);
            run.LogEnvironmentStep("reward", 1.0, rlStep: start, environment: "env-0");
            address.Open(shared.Server.Endpoint);
            await run.FlushAsync(_long);
        }

        log.Lines.Should().NotContain(line => line.Id == RunEvents.KeptPointsBehind);
    }

    private static void Log(WaitingBackend backend, double value) => backend.Log(
        new StdCall { Metric = "loss", Scale = Native.Scale.MlStep }, new ReadOnlySpan<double>(in value));

    private RunOptions Waiting(Forwarder address)
    {
        RunOptions options = shared.Options();
        (options.Endpoint, options.StartTimeout, options.ContinueWithoutServer) = (address.Endpoint, TimeSpan.FromSeconds(0.2), true);
        return options;
    }
}
