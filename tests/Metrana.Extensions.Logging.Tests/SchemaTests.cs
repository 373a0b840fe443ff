using Metrana.Extensions.Logging.Testing;
using Microsoft.Extensions.Logging;

namespace Metrana.Extensions.Logging.Tests;

/// <summary>What all algorithms log alike.</summary>
public class SchemaTests
{
    private static readonly EvaluationUpdate _evaluation = new()
    {
        PolicyVersion = 7,
        Phase = "deterministic",
        Episodes = 10,
        MeanReturn = 1,
        MaxReturn = 2,
        MinReturn = 0,
        EpisodeLengthMean = 20,
        EpisodeLengthMax = 30,
        EpisodeLengthMin = 10,
        DurationMs = 125,
    };

    [Fact]
    [ParityRow(
        "telemetry/evaluation-schema", "phase", "policy_version", "episodes", "mean_return", "max_return", "min_return", "episode_length_mean",
        "episode_length_max", "episode_length_min", "duration_ms", "EVALUATOR")]
    public void An_evaluation_has_all_its_keys()
    {
        TelemetrySchema.Evaluation.Category.Should().Be("EVALUATOR");
        TelemetrySchema.Evaluation.Keys.Should().Equal(
            "phase", "policy_version", "episodes", "mean_return", "max_return", "min_return", "episode_length_mean", "episode_length_max",
            "episode_length_min", "duration_ms");
        using Logging logging = new();
        logging.Log.LogUpdate(_evaluation);
        logging.Log.LogUpdate(_evaluation with { Timesteps = 4096, More = new Dictionary<string, double> { ["simulations"] = 32 } });

        logging.Points.Should().Equal(
            ("evaluator/episodes", 10, 7), ("evaluator/mean_return", 1, 7), ("evaluator/max_return", 2, 7), ("evaluator/min_return", 0, 7),
            ("evaluator/episode_length_mean", 20, 7), ("evaluator/episode_length_max", 30, 7), ("evaluator/episode_length_min", 10, 7),
            ("evaluator/duration_ms", 125, 7),
            ("evaluator/policy_version", 7, 4096), ("evaluator/episodes", 10, 4096), ("evaluator/mean_return", 1, 4096),
            ("evaluator/max_return", 2, 4096), ("evaluator/min_return", 0, 4096), ("evaluator/episode_length_mean", 20, 4096),
            ("evaluator/episode_length_max", 30, 4096), ("evaluator/episode_length_min", 10, 4096), ("evaluator/duration_ms", 125, 4096),
            ("evaluator/simulations", 32, 4096));
    }

    [Fact]
    [ParityRow("telemetry/update-schemas", "TRAINER", "ACTOR", "MISC", "placeholder")]
    public void Each_update_has_the_keys_of_its_schema_and_a_placeholder_for_what_has_no_meaning()
    {
        using Logging logging = new();
        logging.Log.LogUpdate(new TrainerUpdate { Timesteps = 1, PolicyVersion = 3, CriticLoss = 0.5 });
        logging.Log.LogUpdate(new ActorUpdate { Timesteps = 2, Episodes = 0 });
        logging.Log.LogUpdate(new MiscUpdate { PolicyVersion = 3, StepsPerSecond = 1000 });

        foreach ((string prefix, string category, TelemetrySchema schema) in new[]
        {
            ("trainer/", "TRAINER", TelemetrySchema.Trainer), ("actor/", "ACTOR", TelemetrySchema.Actor), ("misc/", "MISC", TelemetrySchema.Misc),
        })
        {
            schema.Category.Should().Be(category);
            logging.Points.Select(point => point.Metric).Should().Contain(schema.Keys.Select(key => prefix + key));
        }

        logging.Points.Should().Contain(("trainer/critic_loss", 0.5, 1)).And.Contain(("trainer/actor_loss", double.NaN, 1), "it holds the place")
            .And.Contain(("trainer/policy_version", 3, 1)).And.Contain(("misc/steps_per_second", 1000, 3));
    }

    [Fact]
    public void An_update_without_a_step_is_a_mistake()
    {
        using Logging logging = new();
        Action nothing = () => logging.Log.LogUpdate(new TrainerUpdate());
        Action evaluation = () => logging.Log.LogUpdate(_evaluation with { PolicyVersion = null, Timesteps = 1 });

        nothing.Should().Throw<ArgumentException>().WithMessage("*TrainerUpdate*Timesteps or PolicyVersion*");
        evaluation.Should().Throw<ArgumentException>().WithMessage("*PolicyVersion*");
        logging.Points.Should().BeEmpty();
    }

    [Theory]
    [InlineData(10, 5, 20, true)]
    [InlineData(10, 5, 0, true)]
    [InlineData(10, 5, 25, false)]
    [InlineData(10, 0, 20, false)]
    [InlineData(0, 5, 20, false)]
    [InlineData(-1, 5, 20, false)]
    [InlineData(10, -5, 20, false)]
    [ParityRow("telemetry/cadence", "eval", "interval", "0")]
    public void An_evaluation_is_due_every_interval(long interval, int episodes, long update, bool due) =>
        new EvaluationCadence(EvalInterval: interval, NumEvalEpisodes: episodes).IsDue(update).Should().Be(due);

    [Fact]
    public void A_recorder_reads_scopes_and_misses_a_step()
    {
        using TelemetryRecorder recorder = new();
        using ILoggerFactory logging = LoggerFactory.Create(builder => builder.AddProvider(recorder));
        ILogger log = logging.CreateLogger("ppo");
        TelemetrySchema schema = TelemetrySchema.Misc;
        Dictionary<string, object?> keys = schema.Keys.ToDictionary(key => key, _ => (object?)1.0);
        using (log.BeginScope(new Dictionary<string, object?> { ["category"] = "MISC", ["timesteps"] = 5 }))
        {
            log.Log(LogLevel.Information, default, keys, null, static (_, _) => "inside");
        }

        recorder.Missing(schema).Should().BeEmpty();
        recorder.Events[0].Should().Match<RecordedEvent>(one => one.Category == "MISC" && one.Step == 5);
        log.Log(LogLevel.Information, default, new Dictionary<string, object?>(keys) { ["category"] = "MISC" }, null, static (_, _) => "outside");
        recorder.Missing(schema).Should().Equal("MISC: the event 'outside' has no step, and is no metric");
    }

    [Fact]
    [ParityRow("telemetry/compatible", "missing", "key")]
    public void A_recorder_says_which_key_is_missing()
    {
        using TelemetryRecorder ppo = new();
        using TelemetryRecorder spo = new();
        ILogger log = ppo.CreateLogger("ppo");
        log.LogUpdate(new TrainerUpdate { Timesteps = 1 });
        log.LogUpdate(new ActorUpdate { Timesteps = 1, Episodes = 1, More = new Dictionary<string, double> { ["best_return"] = 9 } });
        log.LogUpdate(_evaluation);
        ppo.Missing().Should().Equal("MISC: there is no event");
        log.LogUpdate(new MiscUpdate { Timesteps = 1 });
        ppo.Missing().Should().BeEmpty();
        ppo.Invoking(one => one.Check()).Should().NotThrow();

        ILogger other = spo.CreateLogger("spo");
        other.LogInformation("{category} {episodes} {mean_return} {timesteps}", "act", 1, 2.0, 3);
        spo.Missing(TelemetrySchema.Actor).Should().ContainSingle().Which.Should().StartWith(
            "ACTOR: 'max_return', 'min_return', 'episode_length_mean', 'episode_length_max', 'episode_length_min' are missing in the event");
        spo.Invoking(one => one.Check(TelemetrySchema.Misc)).Should().Throw<InvalidOperationException>().WithMessage("*MISC: there is no event*");
        spo.MissingBeside(ppo).Should().Contain(line => line.StartsWith("ACTOR: ", StringComparison.Ordinal) && line.Contains("'best_return'"))
            .And.Contain(line => line.StartsWith("EVALUATOR: ", StringComparison.Ordinal));
        ppo.MissingBeside(spo).Should().BeEmpty();
        ppo.Missing(TelemetrySchema.Actor.With("entropy")).Should().Equal("ACTOR: 'entropy' is missing in the event 'episodes'");
    }
}
