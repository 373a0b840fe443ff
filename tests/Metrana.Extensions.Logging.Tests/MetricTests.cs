using System.Numerics;
using Microsoft.Extensions.Logging;

namespace Metrana.Extensions.Logging.Tests;

/// <summary>Which events become which metrics.</summary>
public class MetricTests
{
    private enum Phase
    {
        First = 1,
    }

    [Fact]
    [ParityRow("telemetry/event", "TRAINER", "critic_loss", "0.5", "100", "trainer/critic_loss")]
    public void A_structured_event_is_a_metric_at_its_step()
    {
        using Logging logging = new();
        Events.Train(logging.Log, category: "TRAINER", critic_loss: 0.5, timesteps: 100);

        logging.Points.Should().Equal(("trainer/critic_loss", 0.5, 100));
    }

    [Theory]
    [InlineData("TRAINER", "trainer/")]
    [InlineData("TRAIN", "trainer/")]
    [InlineData("train", "trainer/")]
    [InlineData("ACTOR", "actor/")]
    [InlineData("ACT", "actor/")]
    [InlineData("EVALUATOR", "evaluator/")]
    [InlineData("Eval", "evaluator/")]
    [InlineData("MISC", "misc/")]
    [InlineData("SOMETHING", "misc/")]
    [InlineData("", "misc/")]
    [InlineData(null, "misc/")]
    [ParityRow("telemetry/category-prefix", "TRAINER", "TRAIN", "trainer/", "ACTOR", "ACT", "actor/", "EVALUATOR", "EVAL", "evaluator/", "misc/")]
    public void A_category_gives_the_prefix(string? category, string prefix)
    {
        using Logging logging = new();
        Events.Train(logging.Log, category!, 1, 2);

        logging.Points.Should().Equal((prefix + "critic_loss", 1, 2));
    }

    [Fact]
    [ParityRow("telemetry/category-prefix", "misc/")]
    public void An_event_without_a_category_is_misc()
    {
        using Logging logging = new();
        logging.Log.LogInformation("{fps} at {step}", 60, 7);

        logging.Points.Should().Equal(("misc/fps", 60, 7));
    }

    [Fact]
    [ParityRow("telemetry/numeric-only", "numeric", "text", "boolean")]
    public void Only_fields_that_are_numeric_are_metrics_and_a_text_or_a_boolean_never_is()
    {
        using Logging logging = new();
        object?[] numbers =
        [
            1.5, 1.5f, 2, 2u, 3L, 3UL, (short)4, (ushort)4, (byte)5, (sbyte)5, 6.5m, (Half)0.5, (nint)7, (nuint)7, (Int128)8, (UInt128)8,
            (BigInteger)9,
        ];
        object?[] others = [true, "1.5", 'c', Phase.First, null, TimeSpan.FromSeconds(1), DateTime.UtcNow, new[] { 1.0 }];
        Dictionary<string, object?> state = new() { ["step"] = 1 };
        for (int i = 0; i < numbers.Length; i++)
        {
            state[$"n{i}"] = numbers[i];
        }

        for (int i = 0; i < others.Length; i++)
        {
            state[$"o{i}"] = others[i];
        }

        logging.Log.Log(LogLevel.Information, default, state, null, static (_, _) => "");

        logging.Points.Select(point => point.Metric).Should().Equal(numbers.Select((_, i) => $"misc/n{i}"));
        logging.Points.Select(point => point.Value).Should().Equal(1.5, 1.5, 2, 2, 3, 3, 4, 4, 5, 5, 6.5, 0.5, 7, 7, 8, 8, 9);
    }

    [Fact]
    [ParityRow("telemetry/never-metrics", "category", "message", "telemetry")]
    public void Some_fields_are_never_metrics()
    {
        using Logging logging = new();
        logging.Log.LogInformation("{category}{message}{telemetry}{Category}{step}{x}", 1, 2, 3, 4, 5, 6);

        logging.Points.Should().Equal(("misc/x", 6, 5));
    }

    [Theory]
    [InlineData("timesteps", 1)]
    [InlineData("policy_version", 2)]
    [InlineData("step", 3)]
    [InlineData("global_step", 4)]
    [InlineData("update", 5)]
    [InlineData("Timesteps", 1)]
    [InlineData("PolicyVersion", 2)]
    [InlineData("GlobalStep", 4)]
    [ParityRow("telemetry/step-fields", "timesteps", "policy_version", "step", "global_step", "update")]
    public void A_step_comes_from_the_first_of_the_accepted_fields(string field, int rank)
    {
        using Logging logging = new();
        Dictionary<string, object?> state = new() { ["x"] = 1 };
        string[] all = ["timesteps", "policy_version", "step", "global_step", "update"];
        foreach (string later in all[rank..].Reverse())
        {
            state[later] = 1000;
        }

        state[field] = 7;
        logging.Log.Log(LogLevel.Information, default, state, null, static (_, _) => "");

        logging.Points.Should().Contain(("misc/x", 1, 7)).And.NotContain(point => point.Metric == $"misc/{field}")
            .And.HaveCount(1 + all.Length - rank, "the other ones are metrics");
    }

    [Fact]
    public void The_field_of_the_step_is_a_metric_where_that_is_wished()
    {
        using Logging logging = new(options => options.LogStepField = true);
        logging.Log.LogInformation("{update}", 3);

        logging.Points.Should().Equal(("misc/update", 3, 3));
    }

    [Fact]
    [ParityRow("telemetry/no-step", "without", "step", "once")]
    public async Task An_event_without_a_step_is_no_metric_and_said_once()
    {
        using Logging logging = new();
        logging.Log.LogInformation("listening on {Port}", 5000);
        foreach (object step in new object[] { 0.5, -1, double.NaN, "7", true, ulong.MaxValue })
        {
            logging.Log.LogInformation("{category} {loss} {step}", "TRAINER", 1.0, step);
        }

        await Eventually.ShouldAsync(() => logging.Warnings.Count > 0, "it is said");
        logging.Points.Should().BeEmpty();
        logging.Provider.Counts.Should().Match<TelemetryCounts>(counts => counts.WithoutStep == 7 && counts.Events == 0 && counts.Added == 0);
        logging.Warnings.Should().ContainSingle().Which.Should().Contain("'ppo'").And.Contain("TRAINER").And.Contain("'loss'").And.Contain("timesteps");
    }

    [Fact]
    public void A_whole_step_may_be_of_any_type_of_number()
    {
        using Logging logging = new();
        foreach (object step in new object[] { 1.0, 2f, 3m, (byte)4, 5u, 6UL, 7L })
        {
            logging.Log.LogInformation("{x} {step}", 1, step);
        }

        logging.Points.Select(point => point.Step).Should().Equal(1, 2, 3, 4, 5, 6, 7);
    }

    [Fact]
    public void An_event_takes_its_category_and_its_step_from_scopes_where_it_has_none()
    {
        using Logging logging = new();
        using (logging.Log.BeginScope(new Dictionary<string, object?> { ["category"] = "ACTOR", ["step"] = 1, ["seed"] = 42 }))
        using (logging.Log.BeginScope("{update} in {category}", 2, "TRAINER"))
        using (logging.Log.BeginScope(KeyValuePair.Create<string, object?>("step", 3)))
        using (logging.Log.BeginScope("a text"))
        {
            logging.Log.LogInformation("{x}", 1);
            logging.Log.LogInformation("{category} {x} {timesteps}", "EVAL", 2, 9);
            logging.Log.LogInformation("nothing");
        }

        logging.Points.Should().Equal(("trainer/x", 1, 3), ("evaluator/x", 2, 9));
    }

    [Fact]
    public void Numbers_of_scopes_are_metrics_where_that_is_wished()
    {
        using Logging logging = new(options => options.LogScopeFields = true);
        using (logging.Log.BeginScope(new Dictionary<string, object?> { ["lr"] = 0.1, ["step"] = 1 }))
        {
            logging.Log.LogInformation("{x}", 1);
        }

        logging.Points.Should().BeEquivalentTo([("misc/x", 1.0, 1L), ("misc/lr", 0.1, 1L)]);
    }

    [Fact]
    public void States_of_every_kind_are_read()
    {
        using Logging logging = new();
        LoggerMessage.Define<double, int>(LogLevel.Information, default, "{a} {step}")(logging.Log, 1, 1, null);
        Events.Wide(logging.Log, "TRAIN", 1, 2, 3, 4, 5, 6, 2);
        logging.Log.Log(LogLevel.Information, default, Lazily(), null, static (_, _) => "");
        logging.Log.Log(LogLevel.Information, default, "no fields", null, static (_, _) => "");
        logging.Log.Log(LogLevel.Information, default, 7, null, static (_, _) => "");

        logging.Points.Should().Equal(
            ("misc/a", 1, 1), ("trainer/a", 1, 2), ("trainer/b", 2, 2), ("trainer/c", 3, 2), ("trainer/d", 4, 2), ("trainer/e", 5, 2),
            ("trainer/f", 6, 2), ("misc/lazy", 8, 3));

        static IEnumerable<KeyValuePair<string, object?>> Lazily()
        {
            yield return KeyValuePair.Create<string, object?>("lazy", 8);
            yield return KeyValuePair.Create<string, object?>("step", 3);
        }
    }

    [Fact]
    public void A_value_has_the_time_of_its_event()
    {
        Clock clock = new();
        using Logging logging = new(options => options.Clock = clock);
        Events.Train(logging.Log, "TRAIN", double.NaN, 1);
        clock.Now = clock.Now.AddSeconds(1);
        Events.Train(logging.Log, "TRAIN", double.PositiveInfinity, 1);

        _ = logging.Points;
        logging.Run.Recording.Points.Select(point => (point.Value, point.Timestamp)).Should().Equal(
            (double.NaN, Clock.Start), (double.PositiveInfinity, Clock.Start.AddSeconds(1)));
    }

    [Fact]
    public void Events_that_are_no_metrics_become_annotations_where_that_is_wished()
    {
        using Logging logging = new(options => options.AnnotationLevel = LogLevel.Warning);
        Events.Quiet(logging.Log, "TRAINER", "warm-up");
        Events.Train(logging.Log, "TRAINER", 1, 2);
        logging.Log.LogWarning("{category} changes to {phase} at {update}", "TRAINER", Phase.First, 4);

        logging.Points.Should().HaveCount(1);
        IReadOnlyDictionary<string, object?> attributes = logging.Run.Recording.Attributes;
        attributes.Values.Should().Contain("TRAINER changes to First at 4").And.Contain("First").And.Contain("Warning").And.Contain(4L);
        attributes.Values.Should().NotContain("quiet");
    }

    private sealed class Clock : TimeProvider
    {
        public static DateTimeOffset Start { get; } = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

        public DateTimeOffset Now { get; set; } = Start;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
