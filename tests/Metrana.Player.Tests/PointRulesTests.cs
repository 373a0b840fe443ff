using FluentAssertions;
using Metrana.WireCapture.Decode;
using Xunit;

namespace Metrana.Player.Tests;

/// <summary>The rules for the points of ordinary series, each at its boundary, as the published engine answers.</summary>
public sealed class PointRulesTests(RulePeer peer) : IClassFixture<RulePeer>
{
    private const string Std = "log_std_floats";
    private const string Distributed = "log_distributed_floats";

    [Theory]
    [InlineData(Std, "\"steps\":[1,2,3]", "invalid points: Number of steps is incorrect: for 3 steps and 2 values")]
    [InlineData(Std, "\"steps\":[1]", "invalid points: Number of steps is incorrect: for 1 steps and 2 values")]
    [InlineData(Std, "\"steps\":[]", "invalid points: Number of steps is incorrect: for 0 steps and 2 values")]
    [InlineData(Distributed, "\"steps\":[1,2,3]", "invalid points: Number of steps is incorrect: for 3 steps and 2 values")]
    [InlineData(Std, "\"timestamps_millis\":[1,2,3]", "invalid points: Number of timestamps is incorrect: for 3 timestamps and 2 values")]
    [InlineData(Std, "\"timestamps_millis\":[]", "invalid points: Number of timestamps is incorrect: for 0 timestamps and 2 values")]
    [InlineData(Distributed, "\"steps\":[1,2],\"timestamps_millis\":[1]", "invalid points: Number of timestamps is incorrect: for 1 timestamps and 2 values")]
    [ParityRow("point/column-lengths", "steps", "timestamps")]
    public void Columns_are_as_long_as_the_values(string method, string kwargs, string message) =>
        peer.Answers($$"""["{{method}}",["m","S",[1,2]],{{{kwargs}}}]""").Should().Equal($"ValidationError: {message}");

    [Theory]
    [InlineData(Std)]
    [InlineData(Distributed)]
    [ParityRow("point/exclusive-forms", "steps", "first_step", "timestamps")]
    public void Forms_that_exclude_each_other_are_refused(string method) => peer.Answers(
        $$"""["{{method}}",["m","S",[1,2]],{"steps":[1,2],"first_step":1}]""",
        $$"""["{{method}}",["m","S",[1,2]],{"first_step":1,"timestamps_millis":[1,2],"timestamp_millis":1}]""").Should()
        .AllSatisfy(answer => answer.Should().StartWith("ValueError: "));

    [Theory]
    [InlineData("1.0", "\"steps\":[9223372036854775807]", "ok")]
    [InlineData("1.0", "\"steps\":[9223372036854775808]", "OverflowError: *")]
    [InlineData("1.0", "\"first_step\":9223372036854775807", "ok")]
    [InlineData("1.0", "\"first_step\":9223372036854775808", "OverflowError: *")]
    [InlineData("[1,2]", "\"first_step\":9223372036854775806", "ok")]
    [InlineData("[1,2]", "\"first_step\":9223372036854775807",
        "ValidationError: invalid points: Step range from 9223372036854775807 for 2 values exceeds 9223372036854775807")]
    [InlineData("1.0", "\"steps\":[0]", "ok")]
    [InlineData("1.0", "\"steps\":[-1]", "ValueError: *")]
    [InlineData("1.0", "\"first_step\":0", "ok")]
    [InlineData("1.0", "\"first_step\":-1", "OverflowError: *")]
    [InlineData("1.0", "\"timestamp_millis\":-9223372036854775808", "ok")]
    [InlineData("1.0", "\"timestamp_millis\":9223372036854775807", "ok")]
    [InlineData("1.0", "\"timestamp_millis\":0", "ok")]
    [InlineData("1.0", "\"timestamp_millis\":9223372036854775808", "OverflowError: *")]
    [InlineData("1.0", "\"timestamps_millis\":[-9223372036854775808]", "ok")]
    [InlineData("1.0", "\"timestamps_millis\":[9223372036854775807]", "ok")]
    [InlineData("1.0", "\"timestamps_millis\":[-9223372036854775809]", "OverflowError: *")]
    [InlineData("1.0", "\"steps\":5", "TypeError: *")]
    [InlineData("1.0", "\"timestamps_millis\":5", "TypeError: *")]
    [InlineData("[[1]]", "", "TypeError: *")]
    [InlineData("{\"ndarray\":\"float64\",\"shape\":[1,1],\"data\":[[1]]}", "", "TypeError: *")]
    [InlineData("[]", "", "ok")]
    [InlineData("{\"ndarray\":\"float32\",\"shape\":[],\"data\":1}", "", "ok")]
    [ParityRow("point/largest-numbers", "9223372036854775807")]
    [ParityRow("point/range-end", "Step range")]
    [ParityRow("point/negative-numbers", "[-1]")]
    [ParityRow("point/timestamps", "-9223372036854775808")]
    [ParityRow("point/two-dimensions", "[[1]]")]
    [ParityRow("point/no-points", "[]")]
    [ParityRow("point/single-step-or-timestamp", "steps", "timestamps_millis")]
    public void Numbers_at_their_ends(string values, string kwargs, string answer) =>
        peer.Answers($$"""["log_std_floats",["m","S",{{values}}],{{{kwargs}}}]""").Should().ContainSingle().Which.Should().Match(answer);

    [Fact]
    [ParityRow("point/automatic-end", "exceeds 9223372036854775807")]
    public void Automatic_steps_end_at_the_largest_one() => peer.Answers(
        """["log_std_floats",["m","S",1.0],{"first_step":9223372036854775807}]""",
        """["log_std_floats",["m","S",1.0]]""",
        """["get_series_last_step",["m","S"]]""").Should().Equal(
        "ok",
        "ValidationError: invalid points: Step 9223372036854775808 exceeds 9223372036854775807",
        "9223372036854775807");

    [Theory]
    [InlineData("[1.9, 2.1]", new ulong[] { 1, 2 })]
    [InlineData("[true, false]", new ulong[] { 1, 0 })]
    [InlineData("[3, 3]", new ulong[] { 3, 3 })]
    [InlineData("[9, 2]", new ulong[] { 9, 2 })]
    [ParityRow("point/float-steps", "[1.9, 2.1]")]
    public void Steps_are_cut_to_integers_and_sent_as_they_are(string steps, ulong[] expected) =>
        Points($$"""["log_std_floats",["m","S",[1,2]],{"steps":{{steps}}}]""").Select(point => point.Step).Should().Equal(expected);

    [Fact]
    [ParityRow("point/steps-that-do-not-grow", "counter", "sent")]
    public void Steps_that_do_not_grow_are_sent_and_leave_the_counter_at_its_greatest()
    {
        var (results, _, run) = peer.Play(new[]
        {
            """["log_std_floats",["m","S",[1,2]],{"steps":[7,3]}]""",
            """["log_std_floats",["m","S",3.0],{"first_step":5}]""",
            """["get_series_last_step",["m","S"]]""",
            """["log_std_floats",["m","S",4.0]]""",
        }.Select(RulePeer.Call));

        results.Select(RulePeer.Text).Should().Equal("ok", "ok", "7", "ok");
        run.Points.Values.Single().Select(point => point.Step).Should().Equal(7, 3, 5, 8);
    }

    [Theory]
    [InlineData("[1, 2.5, true, null]", new[] { 1, 2.5, 1, double.NaN })]
    [InlineData("null", new[] { double.NaN })]
    [InlineData("[{\"float\":\"inf\"}, {\"float\":\"-inf\"}, -0.0, 5e-324]", new[] { double.PositiveInfinity, double.NegativeInfinity, -0.0, 5e-324 })]
    [InlineData("{\"ndarray\":\"int64\",\"shape\":[2],\"data\":[-1, 9007199254740993]}", new[] { -1.0, 9007199254740992.0 })]
    [ParityRow("point/conversions", "NaN", "[1, 2.5, true, null]")]
    [ParityRow("point/special-values", "NaN", "-0.0")]
    public void Values_are_converted_and_arrive_in_every_bit(string values, double[] expected) =>
        Points($$"""["log_std_floats",["m","S",{{values}}]]""").Select(point => point.Bits & long.MaxValue).Should()
            .Equal(expected.Select(value => BitConverter.DoubleToInt64Bits(value) & long.MaxValue));

    [Theory]
    [InlineData(Distributed, "{}", "ValidationError: invalid points: distributed logging requires explicit steps (StepInput::From or StepInput::Explicit)")]
    [InlineData(Distributed, "{\"first_step\":4}", "ok")]
    [InlineData(Distributed, "{\"steps\":[4]}", "ok")]
    [ParityRow("call/log_distributed_floats", "LogDistributedFloats")]
    [ParityRow("point/distributed-without-steps", "distributed points", "steps")]
    public void Distributed_points_need_steps(string method, string kwargs, string answer) =>
        peer.Answers($$"""["{{method}}",["m","S",1.0],{{kwargs}}]""").Should().Equal(answer);

    [Theory]
    [InlineData(Std, Distributed, "AbsoluteOrdered")]
    [InlineData(Distributed, Std, "AbsoluteUnordered")]
    [ParityRow("point/ordered-and-distributed", "ordered and distributed")]
    public void Ordered_and_distributed_do_not_mix(string first, string then, string declared) => peer.Answers(
        $$"""["{{first}}",["m","S",1.0],{"first_step":1}]""",
        $$"""["{{then}}",["m","S",1.0],{"first_step":2}]""",
        $$"""["{{then}}",["m","other",1.0],{"first_step":2}]""").Should().Equal(
        "ok",
        $"ValidationError: invalid points: series 'm' (scale 'S') was already declared as {declared}; "
            + "ordered and distributed logging cannot be mixed for the same series",
        "ok");

    [Fact]
    [ParityRow("point/label-keys", "label keys")]
    [ParityRow("point/order-of-checks", "label keys", "ordering", "kind")]
    public void Pins_hold_for_all_label_values_of_a_metric_and_scale() => peer.Answers(
        """["log_std_floats",["m","S",1.0,{"a":"1"}]]""",
        """["log_std_floats",["m","S",1.0,{"b":"1"}]]""",
        """["log_std_floats",["m","S",1.0]]""",
        """["log_std_floats",["m","S",1.0,{":b":"1"}]]""",
        """["log_std_floats",["m","S",1.0,{"a":"2"}]]""",
        """["log_distributed_floats",["m","S",1.0,{"a":"3"}],{"first_step":1}]""",
        """["log_histograms",["m","S",{"tuple":[[1],[0.5,1.5]]},{"a":"3"}],{"steps":1}]""",
        """["log_std_floats",["m","other",1.0,{"b":"1"}]]""").Should().SatisfyRespectively(
        first => first.Should().Be("ok"),
        other => other.Should().EndWith("(m/S): label keys [b] do not match the already-declared [a]"),
        none => none.Should().EndWith("(m/S): label keys [] do not match the already-declared [a]"),
        syntax => syntax.Should().EndWith("(m/S): label keys [:b] do not match the already-declared [a]"),
        value => value.Should().Be("ok"),
        ordering => ordering.Should().EndWith(
            "(m/S) was already declared as AbsoluteOrdered; ordered and distributed logging cannot be mixed"),
        kind => kind.Should().EndWith("(m/S) already holds float points"),
        scale => scale.Should().Be("ok"));

    [Fact]
    [ParityRow("point/kinds", "kind", "first point")]
    public void A_series_keeps_the_kind_of_its_first_point() => peer.Answers(
        """["log_std_floats",["m","S",1.0]]""",
        """["log_histograms",["m","S",{"tuple":[[1],[0.5,1.5]]}],{"steps":1}]""",
        """["log_histograms",["h","S",{"tuple":[[1],[0.5,1.5]]}],{"steps":1}]""",
        """["log_histograms",["h","S",{"tuple":[[1],[0.5,1.5]]}],{"steps":2,"density":true}]""",
        """["log_scatters",["h","S",{"tuple":[[1],[0.5]]}],{"steps":1}]""").Should().SatisfyRespectively(
        first => first.Should().Be("ok"),
        histogram => histogram.Should().Be("ValidationError: invalid points: series 'm' (scale 'S') already holds float points; "
            + "a metric's value kind is set by its first point and cannot change"),
        other => other.Should().Be("ok"),
        density => density.Should().Match("ValidationError: *series 'h' (scale 'S') already holds histogram points*"),
        scatter => scatter.Should().Match("ValidationError: *series 'h' (scale 'S') already holds histogram points*"));

    [Theory]
    [InlineData("float32", true)]
    [InlineData("float16", true)]
    [InlineData("float64", false)]
    [InlineData("int32", false)]
    [InlineData("int64", false)]
    [InlineData(null, false)]
    [ParityRow("call/dtype", "dtype")]
    [ParityRow("option/default_dtype", "dtype", "float64")]
    public void Only_dtype_decides_the_width(string? dtype, bool narrow)
    {
        var kwargs = dtype is null ? "" : $"\"dtype\":\"{dtype}\"";
        Points($$"""["log_std_floats",["m","S",{"ndarray":"float32","shape":[1],"data":[2.5]}],{{{kwargs}}}]""")
            .Should().ContainSingle().Which.IsFloat32.Should().Be(narrow);
    }

    [Fact]
    [ParityRow("point/refused-call", "refused call", "nothing")]
    public void A_refused_call_moves_no_counter_and_sends_nothing()
    {
        var (results, script, run) = peer.Play(new[]
        {
            """["log_std_floats",["m","S",[1,2]],{"steps":[1]}]""",
            """["log_std_floats",["m","S",[1,2],{"a&b":"c"}]]""",
            """["get_series_last_step",["m","S"]]""",
            """["log_std_floats",["m","S",1.0,{"other":"keys"}]]""",
        }.Select(RulePeer.Call));

        results.Select(result => RulePeer.Text(result).Split(':')[0]).Should().Equal("ValidationError", "ValidationError", "null", "ok");
        script.Counters["float_points_added"].Should().Be(1);
        run.Declarations.Should().ContainSingle();
        run.Points.Values.Single().Should().ContainSingle().Which.Step.Should().Be(0);
    }

    [Fact]
    [ParityRow("call/get_series_last_step", "GetSeriesLastStep")]
    [ParityRow("point/last-step", "last step", "known")]
    public void The_last_step_is_known_of_every_series_outside_reinforcement_learning() => peer.Answers(
        """["log_std_floats",["std","S",[1,2]]]""",
        """["log_distributed_floats",["dist","S",[1,2]],{"steps":[9,4]}]""",
        """["log_histograms",["h","S",{"tuple":[[1],[0.5,1.5]]}],{"steps":5}]""",
        """["log_scatters",["sc","S",{"tuple":[[1],[0.5]]}],{"steps":6}]""",
        """["log_rl_floats",["rl","S",7,["e"],1.0]]""",
        """["get_series_last_step",["std","S"]]""",
        """["get_series_last_step",["dist","S"]]""",
        """["get_series_last_step",["h","S"]]""",
        """["get_series_last_step",["sc","S"]]""",
        """["get_series_last_step",["rl","S"]]""",
        """["get_series_last_step",["std","S",{"a":"b"}]]""").Should()
        .Equal("ok", "ok", "ok", "ok", "ok", "1", "9", "5", "6", "null", "null");

    private List<DecodedPoint> Points(string call)
    {
        var (results, _, run) = peer.Play([RulePeer.Call(call)]);
        results.Select(RulePeer.Text).Should().Equal("ok");
        return run.Points.Values.Single();
    }
}
