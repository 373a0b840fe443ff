using Metrana.Mirrors;
using Metrana.Native;
using Metrana.Tests.Support;

namespace Metrana.Tests;

/// <summary>What a run logs reaches its mirrors, and no mirror is felt by the run or by another.</summary>
public class MirrorTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    public void A_run_may_go_to_mirrors_alone()
    {
        RecordingMirror mirror = new();
        using (Run run = Run.OfMirrors([mirror], "walker", "ppo-7"))
        {
            run.Log("loss", [3.0, 2.0]);
            run.Log("loss", 1.0);
            run.Invoking(one => one.Recording).Should().Throw<InvalidOperationException>();
        }

        mirror.Run.Should().BeEquivalentTo(new { Project = "walker", Name = "ppo-7" });
        mirror.Of<PointsRecord>().SelectMany(one => one.Steps.ToArray()).Should().Equal(0, 1, 2);
        mirror.Ended!.Outcome.Should().Be(RunOutcome.Finished);
    }

    [Fact]
    public void Everything_that_a_run_logs_reaches_a_mirror()
    {
        RecordingMirror mirror = new();
        Run run = Run.InMemory(mirrors: [mirror]);
        DateTimeOffset at = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        run.LogConfig(new { lr = 0.1, layers = new[] { 64 } });
        run.Log("loss", [3.0, 2.0]);
        run.Log("loss", 1f, step: 10, labels: [("gpu", "0")], timestamp: at);
        run.Log("loss", 0.5);
        run.Log(("a", 1.0), ("b", 2.0));
        run.Series("handle", "EPOCH").Log(7.0);
        run.LogDistributed("d", 4.0, step: 3);
        run.LogHistogram("h", [1.0, 2.0], [5], step: 1);
        run.LogScatter("s", [1.0], [2.0], step: 2, titles: new AxisTitles { X = "x", Y = "y" });
        run.LogEnvironmentAttributes("env-0", new Dictionary<string, object?> { ["seed"] = 7 }, episode: 2);
        run.Tags.Set("x");
        run.Tags.Add("y");
        run.Tags.Remove("x");
        run.SetDescription("sweep");
        run.Annotate("checkpoint", new Dictionary<string, object?> { ["path"] = "a.pt" }, step: 4);
        run.Fail("diverged");
        run.Close();

        mirror.Run.Should().BeEquivalentTo(new { Name = "in-memory", WasCreated = true });
        mirror.Of<PointsRecord>().Select(one => (one.Metric, one.Scale, Values: one.Values.ToArray(), Steps: one.Steps.ToArray(), one.Distributed))
            .Should().BeEquivalentTo(
            [
                ("loss", "ML_STEP", new[] { 3.0, 2.0 }, new[] { 0L, 1L }, false),
                ("loss", "ML_STEP", new[] { 1.0 }, new[] { 10L }, false),
                ("loss", "ML_STEP", new[] { 0.5 }, new[] { 2L }, false),
                ("a", "ML_STEP", new[] { 1.0 }, new[] { 0L }, false),
                ("b", "ML_STEP", new[] { 2.0 }, new[] { 0L }, false),
                ("handle", "EPOCH", new[] { 7.0 }, new[] { 0L }, false),
                ("d", "ML_STEP", new[] { 4.0 }, new[] { 3L }, true),
            ],
            options => options.WithStrictOrdering().ComparingByMembers<ValueTuple<string, string, double[], long[], bool>>());
        PointsRecord labelled = mirror.Of<PointsRecord>()[1];
        labelled.Labels.Should().Equal(new Dictionary<string, string> { ["gpu"] = "0" });
        labelled.Timestamps.ToArray().Should().Equal(at.ToUnixTimeMilliseconds());
        mirror.Of<AttributesRecord>().Single().Values.Should().Equal(
            new Dictionary<string, object?> { ["config/lr"] = 0.1, ["config/layers/0"] = 64 });
        mirror.Of<HistogramRecord>().Single().Should().Match<HistogramRecord>(one =>
            one.Step == 1 && one.Edges.ToArray().SequenceEqual(new[] { 1.0, 2.0 }) && one.Counts.ToArray().SequenceEqual(new[] { 5L }));
        mirror.Of<ScatterRecord>().Single().Should().Match<ScatterRecord>(one => one.Step == 2 && one.Titles.X == "x" && one.Zs.IsEmpty);
        mirror.Of<EnvironmentAttributesRecord>().Single().Should().Match<EnvironmentAttributesRecord>(one =>
            one.Environment == "env-0" && one.Episode == 2 && Equals(one.Values["seed"], 7));
        mirror.Of<TagsRecord>().Select(one => (one.Replaces, string.Join(',', one.Added), string.Join(',', one.Removed)))
            .Should().Equal((true, "x", ""), (false, "y", ""), (false, "", "x"));
        mirror.Of<DescriptionRecord>().Single().Text.Should().Be("sweep");
        AnnotationRecord annotation = mirror.Of<AnnotationRecord>().Single();
        (annotation.Text, annotation.Step).Should().Be(("checkpoint", 4));
        annotation.Metadata.Should().Equal(new Dictionary<string, object?> { ["path"] = "a.pt" });
        run.Recording.Attributes.Should().Contain($"{annotation.Path}/metadata/path", "a.pt");
        mirror.Ended.Should().BeEquivalentTo(new { Outcome = RunOutcome.Failed, Message = "diverged" });
        mirror.Disposed.Should().BeTrue();
        run.Mirrors.Should().Equal(new MirrorDelivery { Mirror = "recording", Added = run.Delivery.Added, Written = run.Delivery.Added });
    }

    [Fact]
    public void Episodes_and_environment_steps_reach_a_mirror_as_they_are_kept()
    {
        RecordingMirror mirror = new();
        using Run run = Run.InMemory(mirrors: [mirror]);
        EpisodeTracker episodes = run.TrackEpisodes(2);
        for (int t = 0; t < 6; t++)
        {
            episodes.Step(t / 3, [1f, 2f], [t == 1, t == 4]);
        }

        run.RlSeries("entropy").Log([1.0, 2.0, 3.0, 4.0], 5, ["a", "b"], width: 2);
        run.Dispose();
        var mirrored = mirror.Of<RlPointsRecord>().SelectMany(one => Enumerable.Range(0, one.Values.Length).Select(at => (
            one.Metric, one.Scale, Environment: (string?)one.Environments[at / one.Width], RlStep: (long?)one.RlStep, Value: one.Values.Span[at],
            Step: one.Steps.Span[at], Episode: one.Episodes.IsEmpty ? (long?)null : one.Episodes.Span[at])));

        mirrored.Should().HaveCountGreaterThan(16).And.Equal(run.Recording.Points.Where(point => point.RlStep is not null).Select(point => (
            point.Metric, point.Scale, point.Environment, point.RlStep, point.Value, point.Step, point.EpisodeNumber)));
    }

    [Fact]
    public async Task A_run_with_a_server_mirrors_what_it_writes_at_the_start_and_the_steps_that_it_gives()
    {
        string name = SharedServer.NewName();
        for (int part = 0; part < 2; part++)
        {
            RecordingMirror mirror = new();
            RunOptions options = shared.Options(name);
            (options.Resume, options.Mirrors, options.Tags) = (ResumeStrategy.Allow, [mirror], ["baseline"]);
            options.Config = new Dictionary<string, object?> { ["lr"] = 0.1 };
            Run run = await Run.StartAsync(options);
            Series loss = run.Series("loss");
            loss.Log([1.0, 2.0]);
            run.Log("loss", 3.0);
            await run.CloseAsync();

            mirror.Run!.Id.Should().Be(run.Id);
            mirror.Run.WasCreated.Should().Be(part == 0);
            mirror.Of<TagsRecord>().Should().HaveCount(part == 0 ? 1 : 0, "only the process that creates a run writes its tags");
            mirror.Of<AttributesRecord>().Should().HaveCount(part == 0 ? 1 : 0);
            mirror.Of<PointsRecord>().SelectMany(one => one.Steps.ToArray()).Should().Equal(3 * part, (3 * part) + 1, (3 * part) + 2);
            (await shared.PointsAsync(run, "loss")).Steps.TakeLast(3).Should().Equal(3 * part, (3 * part) + 1, (3 * part) + 2);
            mirror.Ended!.Outcome.Should().Be(RunOutcome.Finished);
        }
    }

    [Fact]
    public async Task What_the_run_refuses_reaches_no_mirror()
    {
        RecordingMirror mirror = new();
        RunOptions options = shared.Options();
        options.Mirrors = [mirror];
        Run run = await Run.StartAsync(options);
        FluentActions.Invoking(() => run.Log("a b", 1.0)).Should().Throw<MetricValidationException>();
        FluentActions.Invoking(() => run.Log("a", [1.0, 2.0], step: new long[1])).Should().Throw<MetricValidationException>();
        FluentActions.Invoking(() => run.Log(("good", 1.0), ("b d", 2.0))).Should().Throw<MetricValidationException>();
        FluentActions.Invoking(() => run.Series("a(b)")).Should().Throw<MetricValidationException>();
        FluentActions.Invoking(() => run.LogConfig(new Dictionary<string, object?> { ["x"] = Stream.Null })).Should().Throw<ArgumentException>();
        run.Close();

        mirror.Records.Should().BeEmpty();
        run.Mirrors.Should().Equal(new MirrorDelivery { Mirror = "recording" });
    }

    [Fact]
    [ParityRow("failures/mirror-fails", "slow", "mirror")]
    public async Task A_mirror_that_blocks_slows_neither_the_loop_nor_another_mirror()
    {
        using ManualResetEventSlim open = new();
        RecordingMirror blocked = new("blocked") { BeforeWrite = _ => open.Wait(CancellationToken.None) };
        RecordingMirror free = new("free");
        using SharedWriter output = new();
        RunOptions options = shared.Options();
        (options.Mirrors, options.MirrorQueueBytes) = ([blocked, free], 100_000);
        (options.Print, options.Output, options.CloseTimeout) = (true, output, TimeSpan.FromSeconds(2));
        Run run = await Run.StartAsync(options);
        for (int i = 0; i < 200; i++)
        {
            run.Log("loss", new double[100]);
            await Eventually.ShouldAsync(() => run.Mirrors[1].Pending == 0, "the other mirror has its points");
        }

        MirrorDelivery stuck = run.Mirrors[0];
        stuck.Dropped.Should().BeGreaterThan(10_000);
        (stuck.Written + stuck.Dropped + stuck.Pending).Should().Be(stuck.Added).And.Be(20_000);
        run.Mirrors[1].Should().Be(new MirrorDelivery { Mirror = "free", Added = 20_000, Written = 20_000 });
        await Eventually.ShouldAsync(
            () => output.ToString().Contains("points did not reach the mirror blocked", StringComparison.Ordinal), "the drops are said");
        await run.CloseAsync();

        free.Ended.Should().NotBeNull();
        blocked.Ended.Should().BeNull();
        run.Delivery.Should().Be(new RunDelivery { Added = 20_000, Sent = 20_000 });
        output.ToString().Should().MatchRegex("blocked: 0 written, [0-9]+ dropped, [0-9]+ not written");
        output.ToString().Should().Contain("free: 20000 written, 0 dropped");
        open.Set();
        await Eventually.ShouldAsync(() => blocked.Disposed, "a mirror that comes free ends");
        run.Mirrors[0].Pending.Should().Be(0);
    }

    [Fact]
    [ParityRow("failures/mirror-fails", "throws", "mirror")]
    public async Task A_mirror_that_throws_costs_the_run_nothing_and_is_said()
    {
        bool broken = true;
        using SharedWriter output = new();
        RecordingMirror mirror = new("fragile")
        {
            BeforeWrite = _ =>
            {
                if (Volatile.Read(ref broken))
                {
                    throw new InvalidOperationException("the disk is on fire");
                }
            },
        };
        RunOptions options = shared.Options();
        (options.Mirrors, options.Print, options.Output) = ([mirror], true, output);
        Run run = await Run.StartAsync(options);
        run.Log("loss", [1.0, 2.0]);
        await Eventually.ShouldAsync(() => run.Mirrors[0].Dropped == 2, "what a mirror throws at is dropped");
        await Eventually.ShouldAsync(() => output.ToString().Contains("the disk is on fire", StringComparison.Ordinal), "it is said");
        Volatile.Write(ref broken, false);
        run.Log("loss", 3.0);
        await run.CloseAsync();

        mirror.Of<PointsRecord>().Single().Values.ToArray().Should().Equal(3.0);
        run.Mirrors.Should().Equal(new MirrorDelivery { Mirror = "fragile", Added = 3, Written = 1, Dropped = 2 });
        run.Delivery.Should().Be(new RunDelivery { Added = 3, Sent = 3 });
        output.ToString().Should().Contain("2 points did not reach the mirror fragile (2 so far): InvalidOperationException");
    }

    [Fact]
    [ParityRow("mlflow/warnings", "once a minute")]
    public async Task Losses_that_go_on_are_said_once_a_minute()
    {
        ManualClock clock = new();
        using SharedWriter output = new();
        RecordingMirror mirror = new("fragile") { BeforeWrite = _ => throw new InvalidOperationException("the disk is on fire") };
        using MirrorLane lane = new(mirror, limit: long.MaxValue, new RunConsole(new RunOptions { Print = true, Output = output }), clock);
        lane.Begin(new MirroredRun { Project = "walker", Name = "ppo-7", StartedAt = DateTimeOffset.UnixEpoch });
        for (int i = 1; i <= 100; i++)
        {
            await LoseAsync(i);
        }

        Lines().Should().ContainSingle().Which.Should().Contain("1 points did not reach the mirror fragile (1 so far)");
        clock.Tick(TimeSpan.FromSeconds(60));
        lane.Look();
        Lines().Should().HaveCount(2).And.Subject.Last().Should().Contain("99 points did not reach the mirror fragile (100 so far)");
        lane.End(new MirroredEnd { Outcome = RunOutcome.Finished, Time = DateTimeOffset.UnixEpoch });
        await lane.Done;

        async Task LoseAsync(int lost)
        {
            lane.Add(OnePoint());
            await Eventually.ShouldAsync(() => lane.Delivery.Dropped == lost, "the write fails");
            lane.Look();
        }

        string[] Lines() => output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
    }

    [Fact]
    public async Task Few_points_wait_for_more_and_enough_of_them_or_the_end_for_nothing()
    {
        ManualClock clock = new();
        RecordingMirror mirror = new() { Linger = TimeSpan.FromSeconds(1), LingerPoints = 50 };
        using MirrorLane lane = new(mirror, limit: long.MaxValue, RunConsole.Silent, clock);
        lane.Begin(new MirroredRun { Project = "walker", Name = "ppo-7", StartedAt = DateTimeOffset.UnixEpoch });
        await AddAsync(49);
        await AddAsync(1);
        await Eventually.ShouldAsync(() => mirror.Batches.Count == 1, "fifty are enough");
        await AddAsync(3);
        clock.Tick(TimeSpan.FromSeconds(1));
        await Eventually.ShouldAsync(() => mirror.Batches.Count == 2, "a second is over");
        await AddAsync(2);
        lane.End(new MirroredEnd { Outcome = RunOutcome.Finished, Time = DateTimeOffset.UnixEpoch });
        await lane.Done;

        mirror.Batches.Should().Equal([50, 3, 2], "each went when it was time, and not before");
        mirror.Ended.Should().NotBeNull();
        clock.Timers.Should().Be(0);

        async Task AddAsync(int points)
        {
            for (int i = 0; i < points; i++)
            {
                lane.Add(OnePoint());

                // The first is waited with; what comes then, one by one, wakes nobody.
                await Eventually.ShouldAsync(() => clock.Timers == 1 || lane.Delivery.Pending == 0, "it waits for more");
            }
        }
    }

    [Fact]
    public async Task What_waited_while_the_mirror_wrote_waits_no_longer_than_the_rest()
    {
        ManualClock clock = new();
        using SemaphoreSlim begun = new(0), go = new(0);
        RecordingMirror mirror = new()
        {
            Linger = TimeSpan.FromSeconds(1),
            LingerPoints = 2,
            BeforeWrite = given =>
            {
                begun.Release();
                go.Wait(given);
            },
        };
        using MirrorLane lane = new(mirror, limit: long.MaxValue, RunConsole.Silent, clock);
        lane.Begin(new MirroredRun { Project = "walker", Name = "ppo-7", StartedAt = DateTimeOffset.UnixEpoch });
        lane.Add(OnePoint());
        lane.Add(OnePoint());
        await begun.WaitAsync();
        lane.Add(OnePoint());
        clock.Tick(TimeSpan.FromSeconds(1));
        go.Release(2);
        await Eventually.ShouldAsync(() => lane.Delivery.Pending == 0, "nothing waits for a second that is over");
        lane.End(new MirroredEnd { Outcome = RunOutcome.Finished, Time = DateTimeOffset.UnixEpoch });
        await lane.Done;
        mirror.Batches.Should().Equal(2, 1);
    }

    [Fact]
    public void A_mirror_that_did_not_start_is_tried_again_and_misses_nothing()
    {
        int tries = 0;
        RecordingMirror mirror = new()
        {
            BeforeStart = _ =>
            {
                if (Interlocked.Increment(ref tries) == 1)
                {
                    throw new IOException("not yet");
                }
            },
        };
        Run run = Run.InMemory(mirrors: [mirror]);
        run.Log("loss", 1.0);
        run.Close();

        tries.Should().Be(2);
        run.Mirrors.Should().Equal(new MirrorDelivery { Mirror = "recording", Added = 1, Written = 1 });
    }

    [Fact]
    public void A_mirror_that_never_starts_is_given_up_with_the_run()
    {
        RecordingMirror mirror = new() { BeforeStart = _ => throw new IOException("never") };
        Run run = Run.InMemory(mirrors: [mirror]);
        run.Log("loss", 1.0);
        run.Close();

        run.Mirrors.Should().Equal(new MirrorDelivery { Mirror = "recording", Added = 1, Dropped = 1 });
        mirror.Disposed.Should().BeTrue();
        run.Recording.Closed.Should().BeTrue();
    }

    [Fact]
    public async Task A_run_that_waits_for_its_service_mirrors_at_once()
    {
        using Forwarder address = new();
        RecordingMirror mirror = new();
        RunOptions options = shared.Options();
        (options.Endpoint, options.ContinueWithoutServer, options.StartTimeout, options.Mirrors) =
            (address.Endpoint, true, TimeSpan.FromSeconds(1), [mirror]);
        (options.Tags, options.LogLevel) = (["late"], Microsoft.Extensions.Logging.LogLevel.None);
        Run run = await Run.StartAsync(options);
        run.Log("loss", [1.0, 2.0]);
        FluentActions.Invoking(() => run.RlSeries("r").Log([1.0, 2.0, 3.0], 0, ["a", "b"])).Should().Throw<MetricValidationException>();
        await Eventually.ShouldAsync(() => mirror.Of<PointsRecord>().Count == 1, "it does not wait for the service");
        mirror.Of<TagsRecord>().Should().BeEmpty();
        address.Open(shared.Server.Endpoint);
        await run.FlushAsync(TimeSpan.FromMinutes(1));
        await run.CloseAsync();

        mirror.Of<TagsRecord>().Single().Added.Should().Equal("late");
        (await shared.PointsAsync(run, "loss")).Values.Should().Equal(1, 2);
    }

    [Fact]
    public async Task A_mirror_that_comes_twice_is_refused()
    {
        RecordingMirror mirror = new();
        RunOptions options = shared.Options();
        (options.Mirrors, options.MirrorQueueBytes) = ([mirror, mirror], 0);

        (await FluentActions.Awaiting(() => Run.StartAsync(options)).Should().ThrowAsync<RunStartException>())
            .WithMessage("*Mirrors*").WithMessage("*MirrorQueueBytes*");
    }

    private static PointsRecord OnePoint() => new()
    {
        Time = DateTimeOffset.UnixEpoch,
        Metric = "loss",
        Scale = Scale.MlStep,
        Labels = new Dictionary<string, string>(),
        Values = new double[1],
        Steps = new long[1],
        Timestamps = new long[1],
    };
}
