using Metrana.Native;
using Metrana.Server;
using Metrana.Tests.Support;

namespace Metrana.Tests;

/// <summary>A run against the local server: what is called here is stored there.</summary>
public class RunTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    [ParityRow("client/init", "StartAsync")]
    [ParityRow("client/log", "run.Log")]
    [ParityRow("client/labels", "labels")]
    [ParityRow("client/evaluation", "evaluation: false")]
    [ParityRow("client/close-info", "run.Delivery")]
    public async Task What_is_logged_is_stored()
    {
        Run run = await Run.StartAsync(shared.Options());
        run.Log("train/loss", 0.5);
        run.Log("train/loss", 0.25f);
        run.Log("train/loss", [3, 4], step: 10);
        run.Log(("a", 1.0), ("b", 2.0));
        run.Log("val/loss", 0.75, step: 2, scale: "EPOCH");
        run.Log("reward", 1.0, labels: [("policy", "greedy")], evaluation: false);
        run.Log("reward", 2.0, labels: [("policy", "greedy")], evaluation: true);
        await run.CloseAsync();

        StoredPoints loss = await shared.PointsAsync(run, "train/loss");
        loss.Values.Should().Equal(0.5, 0.25, 3, 4);
        loss.Steps.Should().Equal(0, 1, 10, 11);
        (await shared.PointsAsync(run, "a")).Values.Should().Equal(1);
        (await shared.SeriesAsync(run, "val/loss")).Scale.Should().Be("EPOCH");
        (await shared.PointsAsync(run, "reward", ("policy", "greedy"), ("evaluation", "false"))).Values.Should().Equal(1);
        (await shared.PointsAsync(run, "reward", ("policy", "greedy"), ("evaluation", "true"))).Values.Should().Equal(2);
        (await shared.FindAsync(run)).Closed.Should().BeTrue();
        run.Delivery.Should().Be(new RunDelivery { Added = 9, Sent = 9 });
    }

    [Fact]
    [ParityRow("client/dtype", "precision", "32", "64")]
    public async Task Floats_keep_their_precision_and_their_size()
    {
        Run run = await Run.StartAsync(shared.Options());
        run.Log("f", new[] { 0.1f, 0.2f });
        run.Log("d", [0.1, 0.2]);
        await run.CloseAsync();

        (await shared.PointsAsync(run, "f")).ValueWidths.Should().Equal(32, 32);
        (await shared.PointsAsync(run, "d")).ValueWidths.Should().Equal(64, 64);
    }

    [Fact]
    [ParityRow("client/episode", "the episode is the step", "EPISODE")]
    public async Task The_episode_is_the_step_of_a_series_by_episodes()
    {
        Run run = await Run.StartAsync(shared.Options());
        run.LogEpisode("episode_return", 5.0, rlStep: 3, episode: 7, environment: "env-1");
        run.LogEpisode("episode_return", [1f, 2f], rlStep: 4, ["env-1", "env-0"], episodes: [8, 2]);
        await run.CloseAsync();

        StoredRlPoints points = await shared.RlPointsAsync(run, "episode_return", "env-1");
        points.RlSteps.Should().Equal(3, 4);
        points.EnvSteps.Should().Equal(7, 8);
        points.Episodes.Should().OnlyContain(episode => episode == null);
        (await shared.RlPointsAsync(run, "episode_return", "env-0")).EnvSteps.Should().Equal(2);
        (await shared.SeriesAsync(run, "episode_return")).Scale.Should().Be("EPISODE");
    }

    [Fact]
    [ParityRow("client/default-environment", "default")]
    [ParityRow("client/environment-step", "LogEnvironmentStep", "count by themselves within their episode")]
    public async Task Environment_steps_count_by_themselves_within_their_episode()
    {
        Run run = await Run.StartAsync(shared.Options());
        run.LogEnvironmentStep("reward", [1.0, 2.0], rlStep: 0, ["env-0", "env-1"], episodes: [0, 4]);
        run.LogEnvironmentStep("reward", [3.0, 4.0], rlStep: 0, ["env-0", "env-1"], episodes: [0, 5]);
        run.LogEnvironmentStep("reward", new float[,] { { 5, 6 }, { 7, 8 } }, rlStep: 1, ["env-0", "env-1"], episodes: [1, 5]);
        run.LogEnvironmentStep("speed", 1.0, rlStep: 0);
        await run.CloseAsync();

        StoredRlPoints first = await shared.RlPointsAsync(run, "reward", "env-0");
        first.EnvSteps.Should().Equal(0, 1, 0, 1);
        first.Episodes.Should().Equal(0L, 0L, 1L, 1L);
        StoredRlPoints second = await shared.RlPointsAsync(run, "reward", "env-1");
        second.Values.Should().Equal(2, 4, 7, 8);
        second.EnvSteps.Should().Equal(0, 0, 0, 1);
        (await shared.RlPointsAsync(run, "speed", "default")).Values.Should().Equal(1);
    }

    [Fact]
    [ParityRow("client/env-step", "AcrossRlSteps", "FromOne")]
    public async Task Environment_steps_are_given_and_count_as_their_strategy_says()
    {
        Run run = await Run.StartAsync(shared.Options());
        run.LogEnvironmentStep("across", [1.0, 2.0], rlStep: 0, "env-0", steps: 10, strategy: StepStrategy.AcrossRlSteps);
        run.LogEnvironmentStep("across", 3.0, rlStep: 1, environment: "env-0", step: 12, strategy: StepStrategy.AcrossRlSteps);
        run.LogEnvironmentStep("one", new float[,] { { 1, 2 }, { 3, 4 } }, 0, ["env-0", "env-1"], episodes: 4, strategy: StepStrategy.FromOne);
        run.LogEnvironmentStep("given", [1.0, 2.0], rlStep: 0, ["env-0", "env-1"], steps: [5, 7], where: [false, true]);
        RlSeries handle = run.RlSeries("handle", strategy: StepStrategy.FromOne);
        handle.Log([1.0, 2.0], 0, ["env-0", "env-1"], episodes: 3, where: [true, false]);
        await run.CloseAsync();

        StoredRlPoints across = await shared.RlPointsAsync(run, "across", "env-0");
        across.EnvSteps.Should().Equal(10, 11, 12);
        across.Flat.Should().OnlyContain(flat => flat);
        (await shared.RlPointsAsync(run, "one", "env-1")).FromOne.Should().Equal(true, true);
        (await shared.RlPointsAsync(run, "given", "env-1")).EnvSteps.Should().Equal(7);
        (await shared.RlPointsAsync(run, "handle", "env-0")).FromOne.Should().Equal(true);
    }

    [Fact]
    [ParityRow("client/env-step", "AcrossRlSteps", "FromOne")]
    public async Task A_strategy_refuses_what_it_cannot_count_by_with_a_service_and_in_memory()
    {
        await using Run stored = await Run.StartAsync(shared.Options());
        foreach (Run run in (Run[])[stored, Run.InMemory()])
        {
            run.Invoking(r => r.LogEnvironmentStep("m", 1.0, 0, strategy: StepStrategy.AcrossRlSteps))
                .Should().Throw<MetricValidationException>().WithMessage("*needs the environment steps: pass 'steps'*");
            run.Invoking(r => r.LogEnvironmentStep("m", 1.0, 0, strategy: StepStrategy.FromOne))
                .Should().Throw<MetricValidationException>().WithMessage("*needs episodes: pass 'episodes'*");
            run.Delivery.Added.Should().Be(0);
        }
    }

    [Fact]
    [ParityRow("client/histogram", "LogHistogram", "counts", "densities", "stats")]
    public async Task Histograms_come_with_densities_and_statistics()
    {
        Run run = await Run.StartAsync(shared.Options());
        HistogramStats stats = HistogramStats.Of([0.25, 0.75, 1.5]);
        run.LogHistogram("dense", Histogram.OfDensities(new[] { 0.0, 1.0, 3.0 }, new[] { 0.5, 0.25 }), step: 1);
        run.LogHistogram("counted", Histogram.OfCounts(new[] { 0.0, 1.0, 3.0 }, new ulong[] { 2, 1 }, stats), step: 2);
        await run.CloseAsync();

        StoredHistogram dense = await HistogramAsync(run, "dense");
        dense.Densities.Should().Equal(0.5, 0.25);
        dense.Counts.Should().BeNull();
        StoredHistogram counted = await HistogramAsync(run, "counted");
        counted.Counts.Should().Equal(2, 1);
        (counted.Stats!.Min, counted.Stats.Max, counted.Stats.Sum).Should().Be((0.25, 1.5, 2.5));
    }

    [Fact]
    public async Task The_books_in_memory_are_those_of_the_server()
    {
        Run stored = await Run.StartAsync(shared.Options());
        Run recorded = Run.InMemory();
        foreach (Run run in (Run[])[stored, recorded])
        {
            EpisodeTracker episodes = run.TrackEpisodes(environments: 3);
            Random random = new(11);
            for (int t = 0; t < 200; t++)
            {
                float[] rewards = [.. Enumerable.Range(0, 3).Select(_ => (float)random.NextDouble())];
                bool[] done = [.. Enumerable.Range(0, 3).Select(_ => random.Next(7) == 0)];
                episodes.Step(t / 50, rewards, done);
            }
        }

        await stored.CloseAsync();
        recorded.Close();
        foreach (string metric in (string[])["reward", "episode_return", "episode_length"])
        {
            foreach (string environment in (string[])["env-0", "env-1", "env-2"])
            {
                StoredRlPoints there = await shared.RlPointsAsync(stored, metric, environment);
                LoggedPoint[] here = [.. recorded.Recording.Of(metric).Where(point => point.Environment == environment)];
                there.Values.Should().Equal(here.Select(point => point.Value));
                there.RlSteps.Should().Equal(here.Select(point => point.RlStep!.Value));
                there.EnvSteps.Should().Equal(here.Select(point => point.Step));
                there.Episodes.Should().Equal(here.Select(point => point.EpisodeNumber));
            }
        }

        (await shared.PointsAsync(stored, "episode_return_mean")).Steps.Should().Equal(0, 1, 2, 3);
    }

    [Fact]
    [ParityRow("client/last-step-resumed", "continued run goes on")]
    [ParityRow("client/environment-progress-resumed", "NextRlStep", "TrackEpisodes", "goes on with")]
    [ParityRow("client/resume", "ResumeStrategy.Allow")]
    public async Task A_continued_run_goes_on_with_steps_and_episodes()
    {
        string name = SharedServer.NewName();
        RunOptions options = shared.Options(name);
        options.Resume = ResumeStrategy.Allow;
        await using (Run first = await Run.StartAsync(options))
        {
            first.WasCreated.Should().BeTrue();
            first.Log("loss", [1.0, 2.0]);
            EpisodeTracker episodes = first.TrackEpisodes(environments: 2);
            for (int t = 0; t < 6; t++)
            {
                episodes.Step(5, [1.0, 1.0], [t % 2 == 1, false]);
            }

            first.LogEpisode("own", 1.0, rlStep: 5, environment: "env-0");
        }

        await using Run second = await Run.StartAsync(options);
        second.WasCreated.Should().BeFalse();
        second.GetLastStep("loss").Should().Be(1);
        second.Log("loss", 3.0);
        second.NextRlStep.Should().Be(6, "no environment is this process's own yet, so all count");
        EpisodeTracker tracker = second.TrackEpisodes(environments: 2);
        second.NextRlStep.Should().Be(6);
        tracker.Episodes.ToArray().Should().Equal(3, 1);
        second.GetEnvironmentLastRlStepAndEpisode("env-0").Should().Be((5L, 2L));
        tracker.Step(second.NextRlStep, [1.0, 1.0], [true, true]);
        await second.CloseAsync();

        (await shared.PointsAsync(second, "loss")).Steps.Should().Equal(0, 1, 2);
        (await shared.RlPointsAsync(second, "episode_return", "env-0")).EnvSteps.Should().Equal(0, 1, 2, 3);
    }

    [Fact]
    [ParityRow("client/other-job", "another job", "OrchestrationIdMismatchException")]
    [ParityRow("failures/run-exists", "RunAlreadyExistsException", "ResumeStrategy.Allow")]
    public async Task Never_refuses_a_run_that_another_job_made()
    {
        string name = SharedServer.NewName();
        RunOptions mine = shared.Options(name);
        mine.OrchestrationId = "job-1";
        await using Run run = await Run.StartAsync(mine);

        RunOptions theirs = shared.Options(name);
        theirs.OrchestrationId = "job-2";
        OrchestrationIdMismatchException refused = (await FluentActions.Awaiting(() => Run.StartAsync(theirs))
            .Should().ThrowExactlyAsync<OrchestrationIdMismatchException>()).Which;
        refused.Should().BeAssignableTo<RunAlreadyExistsException>("the name is taken, whatever the reason");
        refused.Message.Should().Contain($"tests/{name}' already exists").And.Contain("'job-1'").And.Contain("'job-2'")
            .And.Contain("choose another run name, or continue it with ResumeStrategy.Allow");

        theirs.Resume = ResumeStrategy.Allow;
        await using Run joined = await Run.StartAsync(theirs);
        joined.Id.Should().Be(run.Id);
    }

    [Fact]
    [ParityRow("client/facts-of-the-creator", "config", "tags", "description", "write over")]
    [ParityRow("client/siblings", "siblings", "join")]
    public async Task Siblings_of_one_job_join_the_run_and_do_not_write_over_what_its_creator_wrote()
    {
        string name = SharedServer.NewName();
        RunOptions options = shared.Options(name);
        options.OrchestrationId = "job-7";
        options.Config = new Dictionary<string, object?> { ["rank"] = 0 };
        options.Tags = ["first"];
        options.Description = "the creator's";
        await using Run creator = await Run.StartAsync(options);
        await creator.FlushAsync();

        options.Config = new Dictionary<string, object?> { ["rank"] = 1 };
        options.Tags = ["second"];
        options.Description = "a sibling's";
        await using Run sibling = await Run.StartAsync(options);
        sibling.WasCreated.Should().BeFalse();
        await sibling.DetachAsync();

        IReadOnlyDictionary<string, StoredValue> attributes = await shared.AttributesAsync(creator);
        attributes["config/rank"].Should().Be(new StoredValue.WholeNumber(0));
        attributes["sys/tags"].Should().Be(new StoredValue.TextSet(["first"]));
        attributes["sys/description"].Should().Be(new StoredValue.Text("the creator's"));
        (await shared.FindAsync(creator)).Closed.Should().BeFalse("a sibling that leaves does not close it");
    }

    [Fact]
    [ParityRow("client/config", "LogConfig", "config/")]
    [ParityRow("client/tags", "Tags.Set", "Tags.Add", "Tags.Remove")]
    [ParityRow("client/description", "SetDescription")]
    [ParityRow("client/attributes", "LogAttributes")]
    [ParityRow("client/environment-attributes", "LogEnvironmentAttributes")]
    public async Task Attributes_tags_and_annotations_are_stored()
    {
        Run run = await Run.StartAsync(shared.Options());
        run.LogConfig(new { lr = 3e-4, optimizer = new { name = "adam" }, layers = new[] { 128, 64 } });
        run.LogAttributes("data", new { rows = 10L });
        run.Tags.Set("a", "b");
        run.Tags.Add("c");
        run.Tags.Remove("a");
        run.SetDescription("d");
        run.LogEnvironmentAttributes("env-0", new { seed = 3 });
        run.Annotate("checkpoint", new Dictionary<string, object?> { ["file"] = "x" }, step: 4);
        await run.CloseAsync();

        IReadOnlyDictionary<string, StoredValue> attributes = await shared.AttributesAsync(run);
        attributes["config/lr"].Should().Be(new StoredValue.Number(3e-4));
        attributes["config/optimizer/name"].Should().Be(new StoredValue.Text("adam"));
        attributes["config/layers/1"].Should().Be(new StoredValue.WholeNumber(64));
        attributes["data/rows"].Should().Be(new StoredValue.WholeNumber(10));
        attributes["sys/tags"].As<StoredValue.TextSet>().Value.Should().BeEquivalentTo("b", "c");
        attributes["sys/description"].Should().Be(new StoredValue.Text("d"));
        string text = attributes.Single(one => one.Value.Equals(new StoredValue.Text("checkpoint"))).Key;
        text.Should().MatchRegex("^annotation/.+/text$");
        attributes[text.Replace("/text", "/metadata/file", StringComparison.Ordinal)].Should().Be(new StoredValue.Text("x"));
        attributes[text.Replace("/text", "/step", StringComparison.Ordinal)].Should().Be(new StoredValue.WholeNumber(4));
        StoredRun stored = await shared.FindAsync(run);
        (await shared.Server.GetEnvironmentsAsync(stored.RunId)).Single().Attributes["seed"].Should().Be(new StoredValue.WholeNumber(3));
    }

    [Fact]
    [ParityRow("client/git-commit", "git/commit_sha")]
    [ParityRow("client/facts-of-the-process", "the process that creates", "host")]
    public async Task The_process_that_creates_a_run_writes_what_it_is()
    {
        RunOptions options = shared.Options();
        (options.LogGitCommit, options.LogProcessFacts, options.ApiKey) = (null, null, "hunter2");
        Run run = await Run.StartAsync(options);
        await run.CloseAsync();

        IReadOnlyDictionary<string, StoredValue> attributes = await shared.AttributesAsync(run);
        attributes["process/id"].Should().Be(new StoredValue.WholeNumber(Environment.ProcessId));
        attributes.Should().ContainKeys("process/host", "process/os", "process/dotnet", "process/command_line");
        string? commit = (attributes.GetValueOrDefault("git/commit_sha") as StoredValue.Text)?.Value;
        commit.Should().Be(GitCommit.Find(Environment.CurrentDirectory));
        attributes.Values.OfType<StoredValue.Text>().Should().NotContain(text => text.Value.Contains("hunter2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Handles_log_to_their_series()
    {
        Run run = await Run.StartAsync(shared.Options());
        Series loss = run.Series("train/loss", labels: [("gpu", "1")]);
        RlSeries entropy = run.RlSeries("entropy");
        loss.Log(1.0);
        loss.Log(2.0, step: 5);
        loss.Log(new[] { 3f, 4f });
        using (run.Step(20))
        {
            loss.Log(5.0);
        }

        entropy.Log([0.1f, 0.2f], 0, ["env-0", "env-1"]);
        using (run.Time("seconds"))
        {
        }

        await run.CloseAsync();

        StoredPoints points = await shared.PointsAsync(run, "train/loss", ("gpu", "1"));
        points.Values.Should().Equal(1, 2, 3, 4, 5);
        points.Steps.Should().Equal(0, 5, 6, 7, 20);
        (await shared.RlPointsAsync(run, "entropy", "env-1")).Values.Should().Equal(0.2f);
        (await shared.PointsAsync(run, "seconds")).Values.Should().ContainSingle();
    }

    [Fact]
    [ParityRow("client/scatter", "LogScatter", "AxisTitles")]
    public async Task Sets_are_stored()
    {
        Run run = await Run.StartAsync(shared.Options());
        run.LogHistogram("grads", [0.0, 0.4, 1.0], step: 2, bins: 2);
        run.LogScatter("embedding", [0.1, 0.2], [0.3, 0.4], step: 1, titles: new AxisTitles { X = "x", Y = "y" });
        await run.CloseAsync();

        StoredRun stored = await shared.FindAsync(run);
        StoredHistogram histogram = (await shared.Server.GetHistogramsAsync(stored.RunId, (await shared.SeriesAsync(run, "grads")).Id)).Single();
        histogram.Step.Should().Be(2);
        StoredSeries embedding = await shared.SeriesAsync(run, "embedding");
        embedding.Titles.Values.Should().Equal("x", "y");
        (await shared.Server.GetScattersAsync(stored.RunId, embedding.Id)).Should().ContainSingle();
    }

    [Fact]
    [ParityRow("client/mapping-in-part", "bad name", "none of them")]
    public async Task A_bad_name_in_a_call_of_several_logs_none_of_them()
    {
        Run run = await Run.StartAsync(shared.Options());
        FluentActions.Invoking(() => run.Log(("good", 1.0), ("not good", 2.0))).Should().Throw<MetricValidationException>();
        FluentActions.Invoking(() => run.Log("loss (train)", 1.0)).Should().Throw<MetricValidationException>();
        run.Log("good", 3.0);
        await run.CloseAsync();

        (await shared.PointsAsync(run, "good")).Values.Should().Equal(3);
    }

    [Fact]
    [ParityRow("client/evaluation-beside-training", "run.Evaluation", "eval/")]
    public async Task A_metric_is_logged_for_evaluation_from_the_start_or_through_the_evaluation_of_the_run()
    {
        Run run = await Run.StartAsync(shared.Options());
        run.Log("reward", 1.0);
        FluentActions.Invoking(() => run.Log("reward", 2.0, evaluation: true))
            .Should().Throw<MetricValidationException>().WithMessage("*'evaluation: false' from the start, or use run.Evaluation*");
        run.Evaluation.Log("score", 3.0);
        EpisodeTracker training = run.TrackEpisodes(1);
        EpisodeTracker evaluation = run.Evaluation.TrackEpisodes(1);
        training.Step(0, [1.0], [true]);
        evaluation.Step(0, [2.0], [true]);
        await run.CloseAsync();

        (await shared.PointsAsync(run, "eval/score", ("evaluation", "true"))).Values.Should().Equal(3);
        (await shared.RlPointsAsync(run, "eval/episode_return", "env-0", ("evaluation", "true"))).Values.Should().Equal(2);
        (await shared.RlPointsAsync(run, "episode_return", "env-0")).Values.Should().Equal(1);
    }

    [Fact]
    [ParityRow("client/global-run", "Run.Current", "started last")]
    public async Task The_run_that_was_started_last_is_the_current_one_until_it_ends()
    {
        // In a process of its own: here other tests start runs at the same time.
        using Child child = Child.Play("current", shared.Server.Endpoint, SharedServer.NewName());
        (await child.HearAsync()).Should().Be("Run.Current before its end: True");
        _ = (await child.HearAsync(), await child.HearAsync());
        (await child.HearAsync()).Should().Be("Run.Disabled after it: True");
        (await child.EndAsync()).ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task Of_several_runs_the_newest_that_is_still_open_is_the_current_one_in_whatever_order_they_end()
    {
        using Child child = Child.Play("current-of-several", shared.Server.Endpoint, SharedServer.NewName());
        (await child.HearAsync()).Should().Be("Run.Disabled after all of them: True");
        (await child.EndAsync()).ExitCode.Should().Be(0);
    }

    [Fact]
    [ParityRow("client/orchestration-inherited", "METRANA_ORCHESTRATION_ID", "child processes")]
    [ParityRow("client/forked-process", "child processes")]
    public async Task The_orchestration_id_is_handed_to_child_processes()
    {
        using Child child = Child.Play("current", shared.Server.Endpoint, SharedServer.NewName());
        _ = await child.HearAsync();
        string inherited = await child.HearAsync();
        inherited.Should().NotBeEmpty().And.Be(await child.HearAsync(), "METRANA_ORCHESTRATION_ID is the run's");
        _ = await child.HearAsync();
        (await child.EndAsync()).ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task The_start_says_where_to_look_and_the_end_how_it_went()
    {
        using SharedWriter output = new();
        RunOptions options = shared.Options();
        (options.Print, options.Output) = (true, output);
        Run run = await Run.StartAsync(options);
        run.Log("loss", 0.5);
        run.Fail("diverged");
        await run.CloseAsync();

        output.ToString().Should().StartWith($"metrana: run tests/{run.Name} started");
        output.ToString().Should().Contain($"metrana: run tests/{run.Name} failed after").And.Contain(": diverged");
        output.ToString().Should().MatchRegex(@"loss +0\.5").And.Contain("1 added, 1 sent, 0 dropped");
        StoredRun stored = (await shared.Server.FindRunAsync(run.Name))!;
        (stored.Status, stored.CloseMessage).Should().Be((RunStatus.Failed, "diverged"));
    }

    [Fact]
    [ParityRow("client/api-key", "a server on this machine")]
    public async Task Without_an_endpoint_a_server_on_this_machine_is_found_or_started_and_outlives_the_run()
    {
        string folder = Directory.CreateTempSubdirectory("metrana-home-").FullName;
        Environment.SetEnvironmentVariable("METRANA_SERVER_DATA", folder);
        using SharedWriter output = new();
        try
        {
            Run first = await Run.StartAsync(new RunOptions { Project = "tests", Output = output, LogGitCommit = false });
            first.Log("loss", 0.5);
            await first.CloseAsync();
            Run second = await Run.StartAsync(new RunOptions { Project = "tests", Print = false, LogGitCommit = false });
            await second.CloseAsync();

            first.Url.Should().MatchRegex($@"^http://127\.0\.0\.1:\d+/\?workspace=local&project=tests&runs={first.Id}$");
            second.Url.Should().Be(first.Url!.Replace(first.Id, second.Id, StringComparison.Ordinal), "it is the same server");
            output.ToString().Should().StartWith($"metrana: run tests/{first.Name} started: {first.Url}");
            await using LocalServer server = await LocalServer.FindOrStartAsync();
            StoredRun stored = (await server.FindRunAsync(first.Name))!;
            stored.Workspace.Should().Be("local");
            (await server.GetSeriesAsync(stored.RunId)).Single(series => series.Metric == "loss").Points.Should().Be(1);
        }
        finally
        {
            await using (LocalServer server = await LocalServer.FindOrStartAsync())
            {
                await server.StopAsync();
            }

            Environment.SetEnvironmentVariable("METRANA_SERVER_DATA", null);
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<StoredHistogram> HistogramAsync(Run run, string metric) =>
        (await shared.Server.GetHistogramsAsync((await shared.FindAsync(run)).RunId, (await shared.SeriesAsync(run, metric)).Id)).Single();
}
