using System.Numerics;

namespace Metrana.Tests;

/// <summary>What a call of Log becomes, in every form it has.</summary>
public class LogTests
{
    private sealed record Losses(double Policy, float Value, int Steps, bool Done, double? Skipped);

    [Fact]
    [ParityRow("client/step-axis", "scale", "labels", "each series")]
    [ParityRow("client/scale", "ML_STEP")]
    [ParityRow("client/labels", "labels")]
    public void Steps_count_by_themselves_for_each_series()
    {
        using Run run = Run.InMemory();
        run.Log("loss", 0.5);
        run.Log("loss", 0.4);
        run.Log("accuracy", 0.9);
        run.Log("loss", 0.3, scale: "EPOCH");
        run.Log("loss", 0.2, labels: [("gpu", "0")]);

        run.Recording.Points.Select(point => (point.Metric, point.Scale, point.Step, point.Value)).Should().Equal(
            ("loss", "ML_STEP", 0, 0.5), ("loss", "ML_STEP", 1, 0.4), ("accuracy", "ML_STEP", 0, 0.9), ("loss", "EPOCH", 0, 0.3), ("loss", "ML_STEP", 0, 0.2));
    }

    [Fact]
    [ParityRow("client/step-omitted", "last step")]
    [ParityRow("client/step-first", "100, 101, 102")]
    [ParityRow("client/step-each", "one for each")]
    [ParityRow("client/last-step", "GetLastStep")]
    public void A_step_is_none_the_first_or_one_for_each()
    {
        using Run run = Run.InMemory();
        run.Log("a", [1.0, 2.0, 3.0]);
        run.Log("a", [1.0, 2.0, 3.0], step: 100);
        run.Log("a", [1.0, 2.0], step: [200, 300]);
        run.Log("a", 1.0);

        run.Recording.Of("a").Select(point => point.Step).Should().Equal(0, 1, 2, 100, 101, 102, 200, 300, 301);
        run.GetLastStep("a").Should().Be(301);
        run.GetLastStep("b").Should().BeNull();
    }

    [Fact]
    [ParityRow("client/timestamp", "one for each", "milliseconds")]
    public void A_timestamp_is_none_one_or_one_for_each()
    {
        using Run run = Run.InMemory();
        DateTimeOffset noon = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);
        run.Log("a", 1.0);
        run.Log("a", [1.0, 2.0], timestamp: noon);
        run.Log("a", [1.0, 2.0], timestamp: [5, 6]);

        IReadOnlyList<LoggedPoint> points = run.Recording.Of("a");
        points[0].Timestamp.Should().BeCloseTo(DateTimeOffset.UtcNow, TimeSpan.FromMinutes(1));
        points.Skip(1).Select(point => point.Timestamp.ToUnixTimeMilliseconds())
            .Should().Equal(noon.ToUnixTimeMilliseconds(), noon.ToUnixTimeMilliseconds(), 5, 6);
    }

    [Fact]
    [ParityRow("client/values", "type of number")]
    public void Every_type_of_number_is_a_value()
    {
        using Run run = Run.InMemory();
        run.Log("x", 1);
        run.Log("x", 2L);
        run.Log("x", 3.5f);
        run.Log("x", (Half)4.5);
        run.Log("x", 5.25m);
        run.Log("x", (byte)6);
        run.Log("x", (Int128)7);
        run.Log("x", (BigInteger)8);
        run.Log("x", true);
        run.Log("x", false);

        run.Recording.Of("x").Select(point => point.Value).Should().Equal(1, 2, 3.5, 4.5, 5.25, 6, 7, 8, 1, 0);
    }

    [Fact]
    [ParityRow("client/arrays", "list", "span")]
    public void Every_kind_of_list_is_a_column()
    {
        using Run run = Run.InMemory();
        int[] ints = [1, 2];
        float[] floats = [3, 4];
        double[] doubles = [5, 6];
        List<long> list = [7, 8];
        Half[] halves = [(Half)9];
        Memory<double> memory = doubles;
        run.Log("x", ints);
        run.Log("x", floats);
        run.Log("x", doubles);
        run.Log("x", list);
        run.Log("x", halves);
        run.Log("x", memory.Span);
        run.Log("x", doubles.AsSpan(1));
        run.Log("x", (IReadOnlyList<double>)doubles);
        run.Log("x", [10, 11]);
        run.Log("x", Enumerable.Range(0, 1000).ToArray());

        run.Recording.Of("x").Select(point => point.Value)
            .Should().Equal(new double[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 5, 6, 6, 5, 6, 10, 11 }.Concat(Enumerable.Range(0, 1000).Select(i => (double)i)));
    }

    [Fact]
    [ParityRow("client/values", "a whole number that a double does not hold is refused")]
    public void A_whole_number_that_a_double_does_not_hold_is_refused()
    {
        using Run run = Run.InMemory();

        FluentActions.Invoking(() => run.Log("x", (1L << 53) + 1)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => run.Log("x", new[] { 1L, long.MaxValue })).Should().Throw<ArgumentOutOfRangeException>();
        run.Log("x", 1L << 53);
        run.Recording.Points.Should().ContainSingle().Which.Value.Should().Be(1L << 53);
    }

    [Fact]
    [ParityRow("client/not-finite", "NaN and the infinities are values")]
    public void NaN_and_the_infinities_are_values_and_null_is_none()
    {
        using Run run = Run.InMemory();
        double? nothing = null;
        run.Log("x", double.NaN);
        run.Log("x", nothing);
        run.Log("x", double.PositiveInfinity);

        run.Recording.Of("x").Select(point => (point.Step, point.Value)).Should().Equal((0, double.NaN), (1, double.PositiveInfinity));
    }

    [Fact]
    [ParityRow("client/mapping", "tuples", "dictionary", "object")]
    public void Several_metrics_go_in_one_call_as_tuples_a_dictionary_or_an_object()
    {
        using Run run = Run.InMemory();
        float loss = 0.5f;
        run.Log(("a", loss), ("b", 2));
        run.Log(7, ("a", 3.0), ("b", 4));
        run.Log(new Dictionary<string, double> { ["a"] = 5, ["b"] = 6 }, scale: "EPOCH");
        run.Log(new { a = 7, b = 8.0 }, step: 20);
        run.Log(new Losses(1, 2, 3, true, null));

        run.Recording.Of("a").Select(point => (point.Scale, point.Step, point.Value))
            .Should().Equal(("ML_STEP", 0, 0.5), ("ML_STEP", 7, 3), ("EPOCH", 0, 5), ("ML_STEP", 20, 7));
        run.Recording.Of("b").Select(point => point.Value).Should().Equal(2, 4, 6, 8);
        run.Recording.Points.TakeLast(4).Select(point => (point.Metric, point.Value))
            .Should().Equal(("Policy", 1), ("Value", 2), ("Steps", 3), ("Done", 1));
    }

    [Fact]
    [ParityRow("client/mapping-of-arrays", "something that is no number logs nothing")]
    public void An_object_with_something_that_is_no_number_logs_nothing()
    {
        using Run run = Run.InMemory();

        FluentActions.Invoking(() => run.Log(new { loss = 1.0, name = "x" })).Should().Throw<ArgumentException>().WithMessage("*'name' is a String*");
        FluentActions.Invoking(() => run.Log(new { loss = new[] { 1.0, 2.0 } })).Should().Throw<ArgumentException>().WithMessage("*'loss' is a Double[]*");
        FluentActions.Invoking(() => run.Log("loss")).Should().Throw<ArgumentException>().WithMessage("*'loss' came without a value*");
        FluentActions.Invoking(() => run.Log(new object())).Should().Throw<ArgumentException>().WithMessage("*no properties*");
        run.Recording.Points.Should().BeEmpty();
    }

    [Fact]
    public async Task A_scope_gives_its_step_to_the_calls_inside_it()
    {
        using Run run = Run.InMemory();
        Series handle = run.Series("h");
        using (run.Step(10))
        {
            run.Log("a", 1.0);
            await Task.Yield();
            run.Log(("b", 2), ("c", 3));
            handle.Log(4.0);
            run.Log("d", 5.0, step: 99);
            using (run.Step(3, "EPOCH"))
            {
                run.Log("e", 6.0, scale: "EPOCH");
                run.Log("f", 7.0, scale: Scale.MlStep);
                run.Log("g", 8.0);
            }

            run.Log("a", 9.0);
        }

        run.Log("a", 10.0);
        run.Recording.Points.Select(point => (point.Metric, point.Scale, point.Step)).Should().Equal(
            ("a", "ML_STEP", 10), ("b", "ML_STEP", 10), ("c", "ML_STEP", 10), ("h", "ML_STEP", 10), ("d", "ML_STEP", 99), ("e", "EPOCH", 3),
            ("f", "ML_STEP", 10), ("g", "EPOCH", 3), ("a", "ML_STEP", 10), ("a", "ML_STEP", 11));
    }

    [Fact]
    [ParityRow("client/evaluation", "evaluation", "unless the labels", "true", "false")]
    public void An_evaluation_is_a_label_unless_the_labels_say_otherwise()
    {
        using Run run = Run.InMemory();
        run.Log("loss", 0.0);
        run.Log("reward", 1.0, evaluation: false);
        run.Log("reward", 2.0, evaluation: true);
        run.Log("greedy", 5.0, labels: [("policy", "greedy")], evaluation: true);
        run.Log("reward", 6.0, labels: [("evaluation", "maybe")], evaluation: true);

        run.Recording.Of("loss").Single().Labels.Should().BeEmpty();
        run.Recording.Of("reward", labels: [("evaluation", "false")]).Select(point => (point.Step, point.Value)).Should().Equal((0, 1));
        run.Recording.Of("reward", labels: [("evaluation", "true")]).Select(point => (point.Step, point.Value)).Should().Equal((0, 2));
        run.Recording.Of("greedy", labels: [("policy", "greedy"), ("evaluation", "true")]).Should().ContainSingle();
        run.Recording.Of("reward", labels: [("evaluation", "maybe")]).Should().ContainSingle();
    }

    [Fact]
    [ParityRow("client/evaluation-beside-training", "run.Evaluation", "eval/")]
    public void The_evaluation_of_a_run_has_metrics_of_its_own()
    {
        using Run run = Run.InMemory();
        run.Log("reward", 1.0);
        run.Evaluation.Log("reward", 2.0);
        run.Evaluation.Log(("reward", 3.0), ("length", 4.0));
        run.Evaluation.LogEpisode("return", 5.0, rlStep: 0);

        run.Recording.Points.Skip(1).Should().OnlyContain(point => point.Labels["evaluation"] == "true");
        run.Recording.Points.Select(point => (point.Metric, point.Step)).Should().Equal(
            ("reward", 0), ("eval/reward", 0), ("eval/reward", 1), ("eval/length", 0), ("eval/return", 0));
    }

    [Fact]
    [ParityRow("client/distributed", "LogDistributed")]
    public void Distributed_values_carry_the_steps_they_are_given()
    {
        using Run run = Run.InMemory();
        run.LogDistributed("loss", 0.5, step: 9);
        run.LogDistributed("loss", [0.1, 0.2], step: [3, 1]);

        run.Recording.Of("loss").Select(point => (point.Step, point.Distributed)).Should().Equal((9, true), (3, true), (1, true));
    }

    [Fact]
    [ParityRow("client/histogram", "raw values")]
    public void A_histogram_is_made_of_raw_values()
    {
        using Run run = Run.InMemory();
        run.LogHistogram("grads", new[] { 0f, 0.1f, 0.9f, 1f, float.NaN }, step: 3, bins: 2);
        run.LogHistogram("same", [5.0, 5.0], step: 0);
        run.LogHistogram("counted", [0.0, 1.0, 2.0], [4, 5], step: 1);

        LoggedHistogram first = run.Recording.Histograms[0];
        first.Edges.Should().Equal(0, 0.5, 1);
        first.Counts.Should().Equal(2, 2);
        run.Recording.Histograms[1].Counts.Sum().Should().Be(2);
        run.Recording.Histograms[1].Edges.Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
        run.Recording.Histograms[2].Counts.Should().Equal(4, 5);
        FluentActions.Invoking(() => run.LogHistogram("none", [double.NaN], step: 0)).Should().Throw<Native.MetricValidationException>().WithMessage("*finite*");
    }

    [Theory]
    [InlineData(double.MinValue, double.MaxValue)]
    [InlineData(1.0, 1.0000000000000002)]
    [InlineData(-1e-300, 1e-300)]
    [InlineData(1e300, 1e300)]
    public void The_bins_of_any_values_grow_and_hold_all_of_them(double low, double high)
    {
        Bins bins = Bins.Of(new[] { low, high, low }, 64);

        bins.Edges.Should().OnlyContain(edge => double.IsFinite(edge)).And.BeInAscendingOrder().And.OnlyHaveUniqueItems();
        bins.Counts.Sum().Should().Be(3);
        bins.Edges.Should().HaveCount(bins.Counts.Length + 1);
    }

    [Fact]
    [ParityRow("client/scatter", "LogScatter")]
    public void A_scatter_has_as_many_coordinates_along_each_axis()
    {
        using Run run = Run.InMemory();
        run.LogScatter("flat", [0.1, 0.2], [0.3, 0.4], step: 1);
        run.LogScatter("flat", new float[] { 1 }, new float[] { 2 }, step: 2);
        run.LogScatter("deep", [0.1], [0.2], [0.3], step: 1);

        run.Recording.Scatters.Select(scatter => scatter.Xs.Count).Should().Equal(2, 1, 1);
        run.Recording.Scatters[2].Zs.Should().Equal(0.3);
        FluentActions.Invoking(() => run.LogScatter("flat", [0.1, 0.2], [0.3], step: 1)).Should().Throw<Native.MetricValidationException>();
    }

    [Fact]
    public void A_timed_section_logs_its_seconds()
    {
        using Run run = Run.InMemory();
        for (int i = 0; i < 3; i++)
        {
            using (run.Time("train/step_seconds"))
            {
                Math.Sqrt(i);
            }
        }

        run.Recording.Of("train/step_seconds").Should().HaveCount(3).And.OnlyContain(point => point.Value >= 0 && point.Value < 60);
    }

    [Fact]
    [ParityRow("client/step-length", "MetricValidationException")]
    public void A_wrong_number_of_steps_logs_nothing()
    {
        using Run run = Run.InMemory();

        FluentActions.Invoking(() => run.Log("x", [1.0, 2.0], step: new long[1]))
            .Should().Throw<Native.MetricValidationException>().WithMessage("*2 values came with 1 step:*");
        FluentActions.Invoking(() => run.Log("x", 1.0, step: -1)).Should().Throw<ArgumentOutOfRangeException>();
        run.Recording.Points.Should().BeEmpty();
    }
}
