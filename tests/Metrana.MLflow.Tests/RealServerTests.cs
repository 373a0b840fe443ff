using Metrana.Extensions.Logging;
using Metrana.Native;
using Microsoft.Extensions.Logging;

namespace Metrana.MLflow.Tests;

/// <summary>What a real MLflow server has of a run, read back through its own API.</summary>
[Collection(SharedServer.Name)]
public class RealServerTests(MlflowServer server)
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(2);

    [MlflowFact]
    [ParityRow("mlflow/metrics", "metrics", "trainer/critic_loss")]
    public async Task Everything_that_a_run_logs_is_there()
    {
        MlflowMirror mirror = Mirror(experiment: "everything");
        Run run = Run.InMemory(mirrors: [mirror]);
        DateTimeOffset at = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        run.LogConfig(new Dictionary<string, object?> { ["lr"] = 0.1, ["net"] = new Dictionary<string, object?> { ["layers"] = 3 }, ["odd=key"] = "x" });
        run.LogAttributes("git", new Dictionary<string, object?> { ["commit_sha"] = "0123abc" });
        run.LogAttributes("data", new Dictionary<string, object?> { ["rows"] = 1000 });
        run.Log("trainer/critic_loss", 0.5, step: 100, timestamp: at);
        run.Log("column", [0.12345678901234568, 5e-324, 1e308, -0.25]);
        run.Log("odd", [1.0, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 2.0]);
        run.Log("loss@gpu#0 (50%)", 7.0);
        run.Log("loss", 1.0, labels: [("policy", "greedy")]);
        run.Log("loss", 2.0, step: 3, scale: "EPOCH", labels: [("policy", "greedy")]);
        run.Evaluation.Log("return", 9.0, step: 4);
        run.Log("far", 1.0, step: long.MaxValue - 1);
        run.LogEpisode("episode_return", 20.0, rlStep: 5, episode: 0, environment: "env-0");
        run.LogHistogram("weights", [0.0, 1.0, 2.0], [1, 3], step: 6);
        run.LogScatter("embedding", [1.0], [2.0], step: 7);
        run.LogEnvironmentAttributes("env-0", new Dictionary<string, object?> { ["seed"] = 7 });
        run.Tags.Set("baseline", "gone");
        run.Tags.Remove("gone");
        run.SetDescription("a sweep");
        run.Annotate("checkpoint", step: 8);
        run.Close(_patience);

        run.Mirrors.Single().Should().Match<Mirrors.MirrorDelivery>(delivery => delivery.Dropped == 0 && delivery.Pending == 0);
        mirror.Delivery.Should().Match<MlflowDelivery>(delivery => delivery.Dropped == 0 && delivery.Skipped == 1);
        MlflowServer.StoredRun stored = await server.RunAsync(mirror.RunId!);
        (await server.HistoryAsync(mirror.RunId!, "trainer/critic_loss")).Should().Equal((100, "0.5", at.ToUnixTimeMilliseconds()));
        (await server.HistoryAsync(mirror.RunId!, "column")).OrderBy(point => point.Step).Select(point => (point.Step, double.Parse(point.Value)))
            .Should().Equal((0, 0.12345678901234568), (1, 5e-324), (2, 1e308), (3, -0.25));
        (await server.HistoryAsync(mirror.RunId!, "odd")).OrderBy(point => point.Step).Select(point => point.Value).Should().Equal(
            ["1.0", "NaN", "1.7976931348623157e+308", "-1.7976931348623157e+308", "2.0"], "nothing behind the odd ones is lost");
        stored.Metrics.Keys.Should().BeEquivalentTo(
            "trainer/critic_loss", "column", "odd", "loss_gpu_0 _50__", "loss/policy:greedy", "loss/policy:greedy.EPOCH", "eval/return", "far",
            "episode_return", "weights/count", "weights/min", "weights/max", "weights/mean");
        (await server.HistoryAsync(mirror.RunId!, "far")).Single().Step.Should().Be(long.MaxValue - 1);
        (await server.HistoryAsync(mirror.RunId!, "episode_return")).Single().Should().Match<(long Step, string Value, long Time)>(
            point => point.Step == 5 && point.Value == "20.0");
        (stored.Metrics["weights/count"], stored.Metrics["weights/min"], stored.Metrics["weights/max"], stored.Metrics["weights/mean"])
            .Should().Be(("4.0", "0.0", "2.0", "1.25"));
        stored.Params.Should().Equal(new Dictionary<string, string> { ["lr"] = "0.1", ["net/layers"] = "3", ["odd_key"] = "x" });
        stored.Tags.Should().Contain(new Dictionary<string, string>
        {
            ["baseline"] = "true",
            ["mlflow.note.content"] = "a sweep",
            ["mlflow.source.git.commit"] = "0123abc",
            ["data/rows"] = "1000",
            ["environment/env-0/seed"] = "7",
            ["mlflow.runName"] = "in-memory",
            ["metrana.run"] = "in-memory",
        }).And.NotContainKey("gone");
        stored.Tags["metrana.annotations"].Should().Contain("at step 8: checkpoint");
        stored.Status.Should().Be("FINISHED");
        long started = stored.Info.GetProperty("start_time").GetInt64();
        stored.Info.GetProperty("end_time").GetInt64().Should().BeGreaterThanOrEqualTo(started);
        started.Should().BeCloseTo(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), delta: 600_000);
        (await server.GetAsync("experiments/get-by-name?experiment_name=everything")).GetProperty("experiment").GetProperty("experiment_id").GetString()
            .Should().Be(stored.Info.GetProperty("experiment_id").GetString());
    }

    [MlflowFact]
    public async Task A_run_fails_there_too_and_a_second_one_of_its_experiment_goes_there()
    {
        MlflowMirror[] mirrors = [Mirror(experiment: "twice"), Mirror(experiment: "twice")];
        foreach (MlflowMirror mirror in mirrors)
        {
            using Run run = Run.InMemory(mirrors: [mirror]);
            run.Log("loss", double.NaN);
            run.Fail("the loss is NaN");
            run.Close(_patience);
        }

        MlflowServer.StoredRun[] stored = [await server.RunAsync(mirrors[0].RunId!), await server.RunAsync(mirrors[1].RunId!)];
        stored.Should().OnlyContain(run => run.Status == "FAILED" && run.Tags["metrana.message"] == "the loss is NaN");
        stored.Select(run => run.Info.GetProperty("experiment_id").GetString()).Distinct().Should().ContainSingle();
        mirrors[0].RunId.Should().NotBe(mirrors[1].RunId);
    }

    [MlflowFact]
    public async Task A_run_that_was_created_elsewhere_is_written_to()
    {
        string experiment = (await server.PostAsync("api/2.0/mlflow/experiments/create", """{"name":"elsewhere"}""")).GetProperty("experiment_id").GetString()!;
        string id = (await server.PostAsync("api/2.0/mlflow/runs/create", $$"""{"experiment_id":"{{experiment}}","start_time":1}"""))
            .GetProperty("run").GetProperty("info").GetProperty("run_id").GetString()!;
        MlflowMirror mirror = new(new MlflowOptions
        {
            TrackingUri = server.Address,
            RunId = id,
            EndRun = false,
            FlushInterval = default,
            RequestTimeout = TimeSpan.FromMinutes(1),
        });
        using (Run run = Run.InMemory(mirrors: [mirror]))
        {
            run.Log("loss", [3.0, 2.0, 1.0]);
            run.Close(_patience);
        }

        MlflowServer.StoredRun stored = await server.RunAsync(id);
        stored.Status.Should().Be("RUNNING", "its own program ends it");
        mirror.ExperimentId.Should().Be(experiment);
        mirror.Url.Should().EndWith($"/#/experiments/{experiment}/runs/{id}");
        (await server.HistoryAsync(id, "loss")).Should().HaveCount(3);
    }

    [MlflowFact]
    public async Task Thousands_of_values_arrive_each_once()
    {
        MlflowMirror mirror = Mirror(experiment: "many");
        using (Run run = Run.InMemory(mirrors: [mirror]))
        {
            Series series = run.Series("many");
            for (int i = 0; i < 3000; i++)
            {
                series.Log(i);
            }

            run.LogConfig(Enumerable.Range(0, 150).ToDictionary(i => $"p{i}", i => (object?)i));
            run.Close(_patience);
        }

        (await server.HistoryAsync(mirror.RunId!, "many")).Select(point => point.Step).Order().Should().Equal(Enumerable.Range(0, 3000).Select(i => (long)i));
        (await server.RunAsync(mirror.RunId!)).Params.Should().HaveCount(150);
    }

    [MlflowFact]
    [ParityRow("mlflow/events", "TRAINER", "trainer/critic_loss", "100")]
    public async Task Log_events_reach_it_without_any_other_service()
    {
        using (ILoggerFactory factory = LoggerFactory.Create(builder => builder.AddMlflow(options =>
        {
            options.TrackingUri = server.Address;
            options.ExperimentName = "events";
            options.FlushInterval = default;
            options.RequestTimeout = TimeSpan.FromMinutes(1);
        })))
        {
#pragma warning disable CA1727, CA1848, CA1873 // The template is that of the other system's own example.
            factory.CreateLogger("ppo").LogInformation("{category} {critic_loss} {timesteps}", "TRAINER", 0.5, 100);
#pragma warning restore CA1727, CA1848, CA1873
        }

        string experiment = (await server.GetAsync("experiments/get-by-name?experiment_name=events")).GetProperty("experiment").GetProperty("experiment_id").GetString()!;
        string runId = (await server.PostAsync("api/2.0/mlflow/runs/search", $$"""{"experiment_ids":["{{experiment}}"],"max_results":10}"""))
            .GetProperty("runs").EnumerateArray().Single().GetProperty("info").GetProperty("run_id").GetString()!;
        (await server.HistoryAsync(runId, "trainer/critic_loss")).Should().ContainSingle(point => point.Step == 100 && point.Value == "0.5");
        (await server.RunAsync(runId)).Status.Should().Be("FINISHED");
    }

    [MlflowFact]
    [ParityRow("mlflow/every-event", "TRAINER", "ACTOR", "EVALUATOR", "MISC")]
    [ParityRow("mlflow/steps", "fractional")]
    public async Task Every_kind_of_event_is_there_as_it_was_logged()
    {
        MlflowMirror mirror = Mirror(experiment: "kinds");
        using (ILoggerFactory factory = LoggerFactory.Create(builder => builder.AddMlflow(mirror)))
        {
            ILogger log = factory.CreateLogger("ppo");
            log.LogUpdate(new TrainerUpdate { Timesteps = 100, PolicyVersion = 7, CriticLoss = 0.5 });
            log.LogUpdate(new ActorUpdate { Timesteps = 100, Episodes = 3, MeanReturn = -1.25 });
            log.LogUpdate(new MiscUpdate { Timesteps = 100, StepsPerSecond = double.PositiveInfinity });
            log.LogUpdate(new EvaluationUpdate
            {
                Phase = "deterministic",
                PolicyVersion = 7,
                Episodes = 10,
                MeanReturn = 2.5,
                MaxReturn = 4,
                MinReturn = 1,
                EpisodeLengthMean = 20,
                EpisodeLengthMax = 30,
                EpisodeLengthMin = 10,
                DurationMs = 12.5,
            });
            log.LogInformation("{category} {nowhere}", "TRAINER", 1.0);
            log.LogInformation("{category} {nowhere} {step}", "TRAINER", 1.0, 2.5);
            log.LogInformation("{category} {rate} {step}", "warm-up", 4, 8.0);
            log.LogInformation("{category} {lower} {global_step}", "eval", 1, 9);
        }

        MlflowServer.StoredRun stored = await server.RunAsync(mirror.RunId!);
        stored.Metrics.Keys.Should().BeEquivalentTo(
        [
            .. TelemetrySchema.Trainer.Keys.Select(key => $"trainer/{key}"), "trainer/policy_version",
            .. TelemetrySchema.Actor.Keys.Select(key => $"actor/{key}"),
            .. TelemetrySchema.Misc.Keys.Select(key => $"misc/{key}"), "misc/rate",
            .. TelemetrySchema.Evaluation.Keys.Except(["phase", "policy_version"]).Select(key => $"evaluator/{key}"), "evaluator/lower",
        ],
        "TRAINER, ACTOR, EVALUATOR and MISC are there, and nothing of an event without a step or with a fractional one");
        foreach ((string key, long step, string value) in new[]
        {
            ("trainer/critic_loss", 100L, "0.5"), ("trainer/actor_loss", 100, "NaN"), ("trainer/policy_version", 100, "7.0"),
            ("actor/episodes", 100, "3.0"), ("actor/mean_return", 100, "-1.25"), ("misc/steps_per_second", 100, "1.7976931348623157e+308"),
            ("evaluator/mean_return", 7, "2.5"), ("evaluator/duration_ms", 7, "12.5"), ("misc/rate", 8, "4.0"), ("evaluator/lower", 9, "1.0"),
        })
        {
            (await server.HistoryAsync(mirror.RunId!, key)).Select(point => (point.Step, point.Value)).Should().Equal([(step, value)], key);
        }

        stored.Status.Should().Be("FINISHED");
    }

    /// <summary>With more time than a program would give: how busy the machine is must not decide.</summary>
    private MlflowMirror Mirror(string experiment) => new(new MlflowOptions
    {
        TrackingUri = server.Address,
        ExperimentName = experiment,
        FlushInterval = default,
        RequestTimeout = TimeSpan.FromMinutes(1),
    });
}
