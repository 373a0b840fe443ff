using FluentAssertions;
using Metrana.WireCapture.Decode;
using Xunit;

namespace Metrana.Player.Tests;

/// <summary>The rules for the points of reinforcement learning, each at its boundary, as the published engine answers.</summary>
public sealed class RlRulesTests(RulePeer peer) : IClassFixture<RulePeer>
{
    [Theory]
    [InlineData("[]", "1.0", "ValueError: *")]
    [InlineData("[]", "[]", "ValueError: *")]
    [InlineData("[\"a\"]", "1.0", "ok")]
    [InlineData("[\"a\"]", "[1,2,3]", "ok")]
    [InlineData("[\"a\"]", "[[1,2,3]]", "ok")]
    [InlineData("[\"a\"]", "[[1],[2],[3]]", "ValueError: values describe 3 environment(s) but 1 were given*")]
    [InlineData("[\"a\",\"b\"]", "1.0", "ValueError: values describe 1 environment(s) but 2 were given*")]
    [InlineData("[\"a\",\"b\"]", "[1]", "ValueError: values describe 1 environment(s) but 2 were given*")]
    [InlineData("[\"a\",\"b\"]", "[1,2]", "ok")]
    [InlineData("[\"a\",\"b\"]", "[1,2,3]", "ValueError: values describe 3 environment(s) but 2 were given*")]
    [InlineData("[\"a\",\"b\"]", "[1,2,3,4]", "ValueError: values describe 4 environment(s) but 2 were given*")]
    [InlineData("[\"a\",\"b\"]", "[[1,2]]", "ValueError: values describe 1 environment(s) but 2 were given*")]
    [InlineData("[\"a\",\"b\"]", "[[1,2],[3,4]]", "ok")]
    [InlineData("[\"a\",\"b\"]", "[[1],[3]]", "ok")]
    [InlineData("[\"a\",\"b\"]", "[[1,2],[3]]", "ValueError: *")]
    [InlineData("[\"a\",\"b\"]", "[[1,2],[3,4],[5,6]]", "ValueError: values describe 3 environment(s) but 2 were given*")]
    [InlineData("[\"a\"]", "[[[1]]]", "ValueError: *")]
    [InlineData("{\"tuple\":[\"a\",\"b\"]}", "[1,2]", "ok")]
    [InlineData("null", "1.0", "TypeError: *")]
    [ParityRow("call/log_rl_floats", "log_rl_floats", "environments", "values")]
    [ParityRow("rl/row-for-each-environment", "values describe 3 environment(s) but 2 were given")]
    [ParityRow("rl/at-least-one-environment", "[]")]
    public void Values_are_a_row_for_each_environment(string environments, string values, string answer) =>
        peer.Answers($$"""["log_rl_floats",["m","S",0,{{environments}},{{values}}]]""").Should().ContainSingle().Which.Should().Match(answer);

    [Theory]
    [InlineData("[\"a\"]", "[1,2,3]", "5", true)]
    [InlineData("[\"a\"]", "[1,2,3]", "[5]", true)]
    [InlineData("[\"a\"]", "[1,2,3]", "[5,6,7]", true)]
    [InlineData("[\"a\"]", "[1,2,3]", "[[5,6,7]]", true)]
    [InlineData("[\"a\"]", "[1,2,3]", "[5,6]", false)]
    [InlineData("[\"a\"]", "[1,2,3]", "[[5],[6],[7]]", false)]
    [InlineData("[\"a\"]", "1.0", "[5]", true)]
    [InlineData("[\"a\",\"b\"]", "[1,2]", "5", true)]
    [InlineData("[\"a\",\"b\"]", "[1,2]", "[5,6]", true)]
    [InlineData("[\"a\",\"b\"]", "[1,2]", "[[5],[6]]", true)]
    [InlineData("[\"a\",\"b\"]", "[1,2]", "[5,6,7]", false)]
    [InlineData("[\"a\",\"b\"]", "[1,2]", "[5]", false)]
    [InlineData("[\"a\",\"b\"]", "[1,2]", "[[5,6]]", false)]
    [InlineData("[\"a\",\"b\"]", "[[1,2,3],[4,5,6]]", "5", true)]
    [InlineData("[\"a\",\"b\"]", "[[1,2,3],[4,5,6]]", "[5,6]", true)]
    [InlineData("[\"a\",\"b\"]", "[[1,2,3],[4,5,6]]", "[[1,2,3],[4,5,6]]", true)]
    [InlineData("[\"a\",\"b\"]", "[[1,2,3],[4,5,6]]", "[5,6,7]", false)]
    [InlineData("[\"a\",\"b\"]", "[[1,2,3],[4,5,6]]", "[[5],[6]]", false)]
    [InlineData("[\"a\",\"b\"]", "[[1,2,3],[4,5,6]]", "[[5,6,7]]", false)]
    [InlineData("[\"a\",\"b\"]", "[[1,2,3],[4,5,6]]", "[1,2,3,4,5,6]", false)]
    [InlineData("[\"a\",\"b\"]", "[[1,2],[4,5]]", "[5,6]", true)]
    [ParityRow("rl/once-a-row-or-each", "episodes", "steps", "timestamps")]
    public void What_points_have_is_given_once_once_a_row_or_one_by_one(string environments, string values, string given, bool fits)
    {
        foreach (var argument in new[] { "episodes", "steps", "timestamps_millis" })
        {
            var call = $$$"""["log_rl_floats",["m","S",0,{{{environments}}},{{{values}}}],{"{{{argument}}}":{{{given}}}}]""";
            peer.Answers(call).Should().ContainSingle().Which.Should().Match(
                fits ? "ok" : $"ValueError: {argument} has shape [*], incompatible with a [*, *] batch");
        }
    }

    [Theory]
    [InlineData("9223372036854775807", "", "ok")]
    [InlineData("9223372036854775808", "", "OverflowError: *")]
    [InlineData("-1", "", "OverflowError: *")]
    [InlineData("1.0", "", "TypeError: *")]
    [InlineData("0", "\"episodes\":9223372036854775807", "ok")]
    [InlineData("0", "\"episodes\":9223372036854775808", "OverflowError: *")]
    [InlineData("0", "\"episodes\":-1", "OverflowError: *")]
    [InlineData("0", "\"episodes\":[-1]", "ValueError: *")]
    [InlineData("0", "\"steps\":9223372036854775807", "ok")]
    [InlineData("0", "\"steps\":[9223372036854775807]", "ok")]
    [InlineData("0", "\"steps\":9223372036854775808", "OverflowError: *")]
    [InlineData("0", "\"steps\":-1", "OverflowError: *")]
    [InlineData("0", "\"steps\":[-1]", "ValueError: *")]
    [InlineData("0", "\"timestamps_millis\":-9223372036854775808", "ok")]
    [InlineData("0", "\"timestamp_millis\":9223372036854775807", "ok")]
    [InlineData("0", "\"timestamps_millis\":[1],\"timestamp_millis\":1", "ValueError: *")]
    [InlineData("0", "\"ordered\":1", "TypeError: *")]
    [ParityRow("point/largest-numbers", "9223372036854775807")]
    [ParityRow("point/negative-numbers", "[-1]")]
    public void Numbers_at_their_ends(string rlStep, string kwargs, string answer) =>
        peer.Answers($$"""["log_rl_floats",["m","S",{{rlStep}},["e"],1.0],{{{kwargs}}}]""").Should()
            .ContainSingle().Which.Should().Match(answer);

    [Fact]
    [ParityRow("point/range-end", "Step range")]
    public void A_range_of_steps_ends_at_the_largest_one() => peer.Answers(
        """["log_rl_floats",["m","S",0,["e"],[1,2]],{"steps":9223372036854775806}]""",
        """["log_rl_floats",["m","S",1,["e"],[1,2]],{"steps":9223372036854775807}]""").Should().Equal(
        "ok", "ValidationError: invalid points: Step range from 9223372036854775807 for 2 values exceeds 9223372036854775807");

    [Theory]
    [InlineData("[1,2,3]", "9223372036854775807", "[1,2,3]", true)]
    [InlineData("[1,2,3]", "9223372036854775807", "[1,2,1]", false)]
    [InlineData("[1,2,3]", "9223372036854775806", "[1,2,1]", true)]
    [InlineData("[1,2,3]", "[9223372036854775807]", "[1,2,3]", true)]
    [InlineData("[1,2,3]", "9223372036854775806", "1", false)]
    [ParityRow("rl/largest-steps", "range", "each episode")]
    public void A_range_begins_again_for_each_episode_and_has_to_fit_for_each(string values, string steps, string episodes, bool fits) =>
        peer.Answers($$"""["log_rl_floats",["m","S",0,["e"],{{values}},{{episodes}}],{"steps":{{steps}}}]""").Should()
            .ContainSingle().Which.Should().Match(fits ? "ok" : "ValidationError: *Step range from *");

    [Fact]
    [ParityRow("rl/largest-steps", "automatic steps", "largest")]
    public void Automatic_steps_end_at_the_largest_one_and_each_episode_has_its_own() => peer.Answers(
        """["log_rl_floats",["m","S",0,["e"],1.0,1],{"steps":[9223372036854775805]}]""",
        """["log_rl_floats",["m","S",0,["e"],[1,2,3],1]]""",
        """["log_rl_floats",["m","S",0,["e","e"],[[1],[2]],1]]""",
        """["log_rl_floats",["m","S",0,["e"],1.0,1]]""",
        """["log_rl_floats",["m","S",0,["e","e"],[[1],[2]],[[2],[1]]]]""",
        """["log_rl_floats",["m","S",0,["e","f"],[[1,2],[3,4]],[2,1]]]""",
        """["log_rl_floats",["m","S",1,["e"],1.0,1]]""").Select(answer => answer.Split(':')[0]).Should()
        .Equal("ok", "ValidationError", "ok", "ValidationError", "ValidationError", "ok", "ok");

    [Theory]
    [InlineData("\"steps_across_rl_steps\":true", "ValidationError: invalid points: CountStepsAcrossRlSteps requires explicit env steps")]
    [InlineData("\"steps_across_rl_steps\":true,\"steps\":[1]", "ok")]
    [InlineData("\"steps_across_rl_steps\":true,\"steps\":[1],\"ordered\":false", "ValidationError: *ordered*")]
    [InlineData("\"auto_start_from_one\":true", "ValidationError: *episodes*")]
    [InlineData("\"auto_start_from_one\":true,\"episodes\":1", "ok")]
    [InlineData("\"auto_start_from_one\":true,\"episodes\":1,\"steps\":[4]", "ok")]
    [InlineData("\"auto_start_from_one\":true,\"episodes\":1,\"steps\":[4],\"ordered\":false", "ValidationError: *ordered*")]
    [InlineData("\"auto_start_from_one\":true,\"episodes\":1,\"steps\":[4],\"steps_across_rl_steps\":true", "ValueError: *")]
    [InlineData("\"ordered\":false", "ValidationError: invalid points: distributed logging requires explicit steps *")]
    [InlineData("\"ordered\":false,\"steps\":[4]", "ok")]
    [ParityRow("call/log_rl_floats-strategies", "steps_across_rl_steps", "auto_start_from_one")]
    [ParityRow("rl/strategies", "steps across rl steps", "episodes", "order")]
    public void Strategies_need_what_they_count_by(string kwargs, string answer) =>
        peer.Answers($$"""["log_rl_floats",["m","S",0,["e"],1.0],{{{kwargs}}}]""").Should().ContainSingle().Which.Should().Match(answer);

    [Fact]
    [ParityRow("rl/strategy-pins", "strategy is pinned for each environment and series")]
    public void The_strategy_is_pinned_for_each_environment_and_series() => peer.Answers(
        """["log_rl_floats",["m","S",0,["e"],1.0]]""",
        """["log_rl_floats",["m","S",0,["e"],1.0],{"steps":[4],"steps_across_rl_steps":true}]""",
        """["log_rl_floats",["m","S",0,["f"],1.0],{"steps":[4],"steps_across_rl_steps":true}]""",
        """["log_rl_floats",["m","S",0,["f"],1.0],{"steps":[5]}]""").Should().SatisfyRespectively(
        first => first.Should().Be("ok"),
        conflict => conflict.Should().Match("ValidationError: step strategy conflict: *"),
        other => other.Should().Be("ok"),
        back => back.Should().Match("ValidationError: step strategy conflict: *"));

    [Fact]
    [ParityRow("rl/strategy-conflict", "changes nothing in any", "conflict")]
    public void A_strategy_conflict_in_one_environment_changes_nothing_in_any()
    {
        var (results, script, run) = Play(
            """["log_rl_floats",["m","S",0,["b"],1.0]]""",
            """["log_rl_floats",["m","S",0,["a","b"],[1,2]],{"steps":[4,4],"steps_across_rl_steps":true}]""",
            """["log_rl_floats",["m","S",0,["a","b"],[1,2]]]""");

        results[1].Should().StartWith("ValidationError: step strategy conflict: ");
        results[2].Should().Be("ok");
        run["a"].Should().Equal((0UL, null, 0UL));
        run["b"].Should().Equal((0UL, null, 0UL), (0UL, null, 1UL));
        script["rl_float_points_added"].Should().Be(3);
    }

    [Fact]
    [ParityRow("point/episodic", "episodes")]
    public void Episodes_are_pinned_for_a_metric_over_all_environments() => peer.Answers(
        """["log_rl_floats",["m","S",0,["e"],1.0],{"episodes":1}]""",
        """["log_rl_floats",["m","S",0,["f"],1.0]]""",
        """["log_rl_floats",["n","S",0,["e"],1.0]]""",
        """["log_rl_floats",["n","S",0,["f"],1.0],{"episodes":1}]""").Select(answer => answer.Split(':')[0]).Should()
        .Equal("ok", "ValidationError", "ok", "ValidationError");

    [Fact]
    [ParityRow("point/ordinary-and-rl", "log_distributed_floats", "log_rl_floats")]
    [ParityRow("rl/pins-apart", "pins are apart from those of ordinary series")]
    public void Pins_are_apart_from_those_of_ordinary_series() => peer.Answers(
        """["log_distributed_floats",["m","S",1.0,{"a":"1"}],{"steps":[1]}]""",
        """["log_rl_floats",["m","S",0,["e"],1.0,null,{"b":"1"}]]""",
        """["log_histograms",["h","S",{"tuple":[[1],[0.5,1.5]]}],{"steps":1}]""",
        """["log_rl_floats",["h","S",0,["e"],1.0,null,{"b":"1"}]]""",
        """["log_rl_floats",["h","S",0,["e"],1.0,null,{"c":"1"}]]""",
        """["log_rl_floats",["h","S",0,["e"],1.0,null,{"b":"2"}],{"steps":[1],"ordered":false}]""")
        .Select(answer => answer.Split(':')[0]).Should().Equal("ok", "ok", "ok", "ok", "ValidationError", "ValidationError");

    [Theory]
    [InlineData("[1,2,3]", "\"steps\":5", "0-:5 0-:6 0-:7")]
    [InlineData("[1,2,3,4]", "\"episodes\":[3,4,3,4],\"steps\":5", "0-3:5 0-4:5 0-3:6 0-4:6")]
    [InlineData("[1,2,3,4]", "\"episodes\":[3,3,4,4]", "0-3:0 0-3:1 0-4:0 0-4:1")]
    [InlineData("[1,2,3,4]", "\"episodes\":[3,4,3,4]", "0-3:0 0-4:0 0-3:1 0-4:1")]
    [InlineData("[1,2]", "\"steps\":[9.9,3]", "0-:9 0-:3")]
    [ParityRow("rl/first-step", "0-3:5 0-4:5 0-3:6 0-4:6")]
    [ParityRow("rl/automatic-steps", "episode")]
    public void Steps_of_one_row(string values, string kwargs, string expected) =>
        Spelled(Play($$"""["log_rl_floats",["m","S",0,["e"],{{values}}],{{{kwargs}}}]""").Points["e"]).Should().Be(expected);

    [Fact]
    [ParityRow("rl/environment-twice", "environment named twice", "rows one after the other")]
    public void An_environment_named_twice_gets_its_rows_one_after_the_other()
    {
        Spelled(Play("""["log_rl_floats",["m","S",0,["e","e"],[[1,2],[3,4]]]]""").Points["e"]).Should().Be("0-:0 0-:1 0-:2 0-:3");
        Spelled(Play("""["log_rl_floats",["m","S",0,["e","e"],[[1,2],[3,4]]],{"steps":5}]""").Points["e"]).Should()
            .Be("0-:5 0-:6 0-:5 0-:6");
    }

    [Fact]
    [ParityRow("rl/behind-the-highest-rl-step", "call behind the highest", "disturbs nothing")]
    public void A_call_behind_the_highest_step_begins_at_zero_and_disturbs_nothing() => Spelled(Play(
        """["log_rl_floats",["m","S",5,["e"],1.0],{"episodes":1}]""",
        """["log_rl_floats",["m","S",4,["e"],[1,2,3,4]],{"episodes":[1,2,1,2]}]""",
        """["log_rl_floats",["m","S",5,["e"],1.0],{"episodes":1}]""",
        """["log_rl_floats",["m","S",6,["e"],1.0],{"episodes":1}]""").Points["e"]).Should()
        .Be("5-1:0 4-1:0 4-2:0 4-1:0 4-2:0 5-1:1 6-1:0");

    [Fact]
    [ParityRow("rl/given-steps", "given steps move the counter to the greatest of them")]
    public void Given_steps_move_the_counter_to_the_greatest_of_them() => Spelled(Play(
        """["log_rl_floats",["m","S",1,["e"],[1]],{"steps":[9]}]""",
        """["log_rl_floats",["m","S",1,["e"],[1,2]],{"steps":[3,20]}]""",
        """["log_rl_floats",["m","S",1,["e"],1.0]]""",
        """["log_rl_floats",["m","S",1,["e"],1.0],{"steps":4}]""",
        """["log_rl_floats",["m","S",1,["e"],1.0]]""",
        """["log_rl_floats",["m","S",2,["e"],1.0]]""").Points["e"]).Should()
        .Be("1-:9 1-:3 1-:20 1-:21 1-:4 1-:22 2-:0");

    [Theory]
    [InlineData("auto_start_from_one", false, true)]
    [InlineData("steps_across_rl_steps", true, false)]
    [ParityRow("rl/given-steps-from-one", "given steps", "from one")]
    public void Given_steps_are_sent_as_they_are_whatever_counts_them(string strategy, bool flat, bool fromOne)
    {
        var (_, _, run) = peer.Play(new[]
        {
            $$$"""["log_rl_floats",["m","S",1,["e"],[1,2,3],[1,1,2]],{"steps":[7,0,5],"{{{strategy}}}":true}]""",
            $$$"""["log_rl_floats",["m","S",2,["e"],[4,5],1],{"steps":3,"{{{strategy}}}":true}]""",
        }.Select(RulePeer.Call));

        var points = run.RlPoints.Values.Single();
        points.Select(point => point.Point.Step).Should().Equal(7, 0, 5, 3, 4);
        points.Should().OnlyContain(point => point.IsFlat == flat && point.IsFromOne == fromOne);
    }

    [Fact]
    [ParityRow("rl/scalars", "scalar", "several environments", "episodes")]
    public void A_scalar_is_broadcast_over_several_environments()
    {
        var points = Play("""["log_rl_floats",["m","S",0,["a","b"],[[1,2],[3,4]]],{"episodes":9,"steps":3,"timestamps_millis":7}]""").Points;

        Spelled(points["a"]).Should().Be("0-9:3 0-9:4");
        Spelled(points["b"]).Should().Be("0-9:3 0-9:4");
    }

    [Fact]
    [ParityRow("point/no-points-pinned", "ordering", "label keys", "step strategy")]
    public void Empty_rows_are_accepted_by_a_metric_that_is_pinned() => peer.Answers(
        """["log_rl_floats",["m","S",0,["e"],1.0,null,{"a":"1"}]]""",
        """["log_rl_floats",["m","S",0,["e"],1.0,null,{"b":"1"}]]""",
        """["log_rl_floats",["m","S",0,["e"],[[]],null,{"b":"1"}]]""",
        """["log_rl_floats",["m","S",0,["e"],1.0,null,{"a":"1"}],{"steps":[4],"ordered":false}]""",
        """["log_rl_floats",["m","S",0,["e"],[[]],null,{"a":"1"}],{"steps":[[]],"ordered":false}]""",
        """["log_rl_floats",["m","S",0,["e"],1.0,null,{"a":"1"}],{"steps":[4],"steps_across_rl_steps":true}]""",
        """["log_rl_floats",["m","S",0,["e"],[[]],null,{"a":"1"}],{"steps":[[]],"steps_across_rl_steps":true}]""",
        """["log_rl_floats",["m x","S",0,["e"],[[]],null,{"a":"1"}]]""").Should().SatisfyRespectively(
        pins => pins.Should().Be("ok"),
        labels => labels.Should().Contain("label keys", "it is pinned"),
        emptyOfOtherLabels => emptyOfOtherLabels.Should().Be("ok"),
        ordering => ordering.Should().EndWith("ordered and distributed logging cannot be mixed for the same series"),
        emptyOfOtherOrdering => emptyOfOtherOrdering.Should().Be("ok"),
        strategy => strategy.Should().StartWith("ValidationError: ", "the step strategy is pinned"),
        emptyOfOtherStrategy => emptyOfOtherStrategy.Should().Be("ok"),
        name => name.Should().StartWith("ValidationError: invalid metric name: "));

    [Fact]
    [ParityRow("call/get_env_last_rl_step_and_episode", "get_env_last_rl_step_and_episode")]
    [ParityRow("rl/progress", "progress is over all", "series")]
    public void Progress_is_over_all_series_of_an_environment_and_attributes_do_not_move_it() => peer.Answers(
        """["get_env_last_rl_step_and_episode",["e"]]""",
        """["log_rl_floats",["m","S",7,["e"],1.0]]""",
        """["get_env_last_rl_step_and_episode",["e"]]""",
        """["log_rl_floats",["n","S",3,["e"],[1,2]],{"episodes":[8,5]}]""",
        """["get_env_last_rl_step_and_episode",["e"]]""",
        """["log_env_attributes",["e",{"a":1},99]]""",
        """["get_env_last_rl_step_and_episode",["e"]]""").Should()
        .Equal("[null,null]", "ok", "[7,null]", "ok", "[7,8]", "ok", "[7,8]");

    private static string Spelled(IEnumerable<(ulong RlStep, ulong? Episode, ulong Step)> points) =>
        string.Join(' ', points.Select(point => $"{point.RlStep}-{point.Episode}:{point.Step}"));

    private (IReadOnlyList<string> Results, IReadOnlyDictionary<string, long> Counters,
        Dictionary<string, List<(ulong RlStep, ulong? Episode, ulong Step)>> Points) Play(params string[] calls)
    {
        var (results, script, run) = peer.Play(calls.Select(RulePeer.Call));
        return (
            [.. results.Select(RulePeer.Text)],
            script.Counters,
            run.RlPoints.ToDictionary(
                series => series.Key.Environment,
                series => series.Value.Select(point => (point.RlStep, point.Episode, point.Point.Step)).ToList()));
    }
}
