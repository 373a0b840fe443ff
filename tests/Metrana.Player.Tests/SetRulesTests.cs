using System.Text.Json.Nodes;
using FluentAssertions;
using Metrana.WireCapture.Decode;
using Xunit;

namespace Metrana.Player.Tests;

/// <summary>The rules for histograms and scatters, each at its boundary, as the published engine answers.</summary>
public sealed class SetRulesTests(RulePeer peer) : IClassFixture<RulePeer>
{
    private const string One = """{"tuple":[[1,2],[0,1,2]]}""";
    private const string Flat = """{"tuple":[[1,2],[3,4]]}""";

    [Theory]
    [InlineData("[[1],[0.5,1.5]]", "", "ok")]
    [InlineData("[[],[1.5]]", "", "ValidationError: invalid histogram: at least 2 bin edges are needed, got 1")]
    [InlineData("[[],[]]", "", "ValidationError: invalid histogram: at least 2 bin edges are needed, got 0")]
    [InlineData("[[1],[1,1]]", "", "ValidationError: invalid histogram: bin edges must strictly increase*")]
    [InlineData("[[1,1],[0,2,1]]", "", "ValidationError: invalid histogram: bin edges must strictly increase*")]
    [InlineData("[[1],[0,{\"float\":\"inf\"}]]", "", "ValidationError: invalid histogram: bin edges must be finite*")]
    [InlineData("[[1],[{\"float\":\"nan\"},1]]", "", "ValidationError: invalid histogram: bin edges must be finite*")]
    [InlineData("[[1],[0,1,2]]", "", "ValidationError: invalid histogram: 1 bins need 2 edges, got 3")]
    [InlineData("[[1,2,3],[0,1,2]]", "", "ValidationError: invalid histogram: 3 bins need 4 edges, got 3")]
    [InlineData("[[0,0],[0,1,2]]", "", "ok")]
    [InlineData("[[0],[-2.5,-1]]", "", "ok")]
    [InlineData("[[18446744073709551615],[0,1]]", "", "ok")]
    [InlineData("[[18446744073709551616],[0,1]]", "", "ValueError: *")]
    [InlineData("[[18446744073709549568.0],[0,1]]", "", "ok")]
    [InlineData("[[18446744073709551616.0],[0,1]]", "", "ValueError: *")]
    [InlineData("[[-1],[0,1]]", "", "ValueError: *")]
    [InlineData("[[2.0],[0,1]]", "", "ok")]
    [InlineData("[[2.5],[0,1]]", "", "ValueError: *")]
    [InlineData("[[-0.0],[0,1]]", "", "ok")]
    [InlineData("[[{\"float\":\"nan\"}],[0,1]]", "", "ValueError: *")]
    [InlineData("[[null],[0,1]]", "", "TypeError: *")]
    [InlineData("[[true],[0,1]]", "", "ok")]
    [InlineData("[1,[0,1]]", "", "TypeError: *")]
    [InlineData("[[[1]],[0,1]]", "", "TypeError: *")]
    [InlineData("[[1],[0,1],[2]]", "", "ValueError: *")]
    [InlineData("[[1]]", "", "ValueError: *")]
    [InlineData("[[0.25],[0,1]]", ",\"density\":true", "ok")]
    [InlineData("[[0],[0,1]]", ",\"density\":true", "ok")]
    [InlineData("[[-0.25],[0,1]]", ",\"density\":true", "ValidationError: invalid histogram: densities must be finite and not negative*")]
    [InlineData("[[{\"float\":\"inf\"}],[0,1]]", ",\"density\":true", "ValidationError: invalid histogram: densities must be finite and not negative*")]
    [InlineData("[[{\"float\":\"nan\"}],[0,1]]", ",\"density\":true", "ValidationError: invalid histogram: densities must be finite and not negative*")]
    [ParityRow("call/log_histograms", "log_histograms", "density")]
    [ParityRow("set/edges", "strictly increas", "finite", "at least 2")]
    [ParityRow("set/counts-and-densities", "18446744073709551616", "densities")]
    public void Bins_and_edges(string histogram, string kwargs, string answer) => peer.Answers(
        $$$"""["log_histograms",["m","S",{"tuple":{{{histogram}}}}],{"steps":0{{{kwargs}}}}]""").Should()
        .ContainSingle().Which.Should().Match(answer);

    [Theory]
    [InlineData(512, "ok")]
    [InlineData(513, "ValidationError: invalid histogram: 514 bin edges exceed the maximum of 513")]
    [ParityRow("name/bins", "512", "513")]
    public void Bins_are_512_at_most(int bins, string answer) => peer.Play([RulePeer.Call(
            "log_histograms", ["m", "S", Tuple(new int[bins], Enumerable.Range(0, bins + 1))], new { steps = 0 })])
        .Results.Select(RulePeer.Text).Should().Equal(answer);

    [Theory]
    [InlineData("[0.5,1.5,2,3]", "ok")]
    [InlineData("[1,1,0,0]", "ok")]
    [InlineData("[-9,99,-5,0]", "ok")]
    [InlineData("[2,1,0,0]", "ValidationError: invalid histogram: stats: min 2 is above max 1")]
    [InlineData("[0,1,0,-1]", "ValidationError: invalid histogram: stats: sum_of_squares -1 is negative")]
    [InlineData("[{\"float\":\"nan\"},1,0,0]", "ValidationError: invalid histogram: stats must be finite*")]
    [InlineData("[0,{\"float\":\"inf\"},0,0]", "ValidationError: invalid histogram: stats must be finite*")]
    [InlineData("[0,1,{\"float\":\"-inf\"},0]", "ValidationError: invalid histogram: stats must be finite*")]
    [InlineData("[0,1,0]", "ValueError: *")]
    [InlineData("[0,1,0,0,0]", "ValueError: *")]
    [InlineData("[[0],[1],[0],[0]]", "ok")]
    [InlineData("[[0,0],[1,1],[0,0],[0,0]]", "ValueError: *")]
    [ParityRow("set/stats", "finite", "squares", "negative")]
    public void Stats(string stats, string answer) => peer.Answers(
        $$$"""["log_histograms",["m","S",{{{One}}}],{"steps":0,"stats":{"tuple":{{{stats}}}}}]""").Should()
        .ContainSingle().Which.Should().Match(answer);

    [Fact]
    [ParityRow("set/negative-zero", "-0.0", "stats")]
    public void A_negative_zero_in_the_stats_arrives_as_zero()
    {
        var point = Play($$$"""["log_histograms",["m","S",{{{One}}}],{"steps":0,"stats":{"tuple":[-0.0,-0.0,-0.0,-0.0]}}]""")
            .Histograms.Values.Single().Single();

        new[] { point.Stats.Min, point.Stats.Max, point.Stats.Sum, point.Stats.SumOfSquares }
            .Select(BitConverter.DoubleToInt64Bits).Should().AllBeEquivalentTo(0L);
    }

    [Theory]
    [InlineData("log_histograms", One)]
    [InlineData("log_scatters", Flat)]
    [ParityRow("set/lists", "list wants a step", "timestamp")]
    public void A_list_wants_a_step_a_timestamp_and_stats_for_each(string method, string one)
    {
        Answer($"[{one},{one}]", "{\"steps\":[1,2]}").Should().Be("ok");
        Answer($"[{one},{one}]", "{\"steps\":[2,2]}").Should().Be("ok");
        Answer($"[{one},{one}]", "{\"steps\":[1]}").Should().Match("ValidationError: *Number of steps is incorrect: for 1 steps and 2 values");
        Answer($"[{one},{one}]", "{\"steps\":1}").Should().StartWith("TypeError: ");
        Answer($"[{one}]", "{\"steps\":1}").Should().StartWith("TypeError: ");
        Answer($"[{one}]", "{\"steps\":[1]}").Should().Be("ok");
        Answer(one, "{\"steps\":[1]}").Should().Be("ok");
        Answer(one, "{\"steps\":{\"ndarray\":\"int64\",\"shape\":[],\"data\":1}}").Should().Be("ok");
        Answer($"[{one},{one}]", "{\"steps\":[1,2],\"timestamps_millis\":[3,4]}").Should().Be("ok");
        Answer($"[{one},{one}]", "{\"steps\":[1,2],\"timestamps_millis\":[3]}").Should().Match("ValidationError: *Number of timestamps is incorrect*");
        Answer($"[{one},{one}]", "{\"steps\":[1,2],\"timestamp_millis\":3}").Should().Be("ok");
        Answer(one, "{\"steps\":1}").Should().Be("ok");
        Answer(one, "{\"steps\":1,\"timestamps_millis\":[3]}").Should().Be("ok");
        Answer(one, "{\"steps\":1,\"timestamps_millis\":3}").Should().StartWith("TypeError: ");
        Answer(one, "{\"steps\":1,\"timestamps_millis\":[3],\"timestamp_millis\":3}").Should().StartWith("ValueError: ");
        Answer(one, "{\"steps\":9223372036854775807}").Should().Be("ok");
        Answer(one, "{\"steps\":9223372036854775808}").Should().StartWith("OverflowError: ");
        Answer(one, "{\"steps\":-1}").Should().StartWith("OverflowError: ");
        Answer($"[{one}]", "{\"steps\":[-1]}").Should().StartWith("ValueError: ");
        Answer(one, "{\"steps\":null}").Should().StartWith("TypeError: ");
        Answer(one, "{}").Should().StartWith("TypeError: ");
        Answer("1", "{\"steps\":1}").Should().StartWith("TypeError: ");
        Answer("[1]", "{\"steps\":[1]}").Should().StartWith("TypeError: ");

        string Answer(string sets, string kwargs) => peer.Answers($$"""["{{method}}",["m","S",{{sets}}],{{kwargs}}]""").Single();
    }

    [Fact]
    [ParityRow("set/lists", "stats")]
    public void Stats_of_a_list_are_columns()
    {
        var run = Play($$$"""
            ["log_histograms",["m","S",[{{{One}}},{{{One}}}]],{"steps":[1,2],"stats":{"tuple":[[1,2],[3,4],[5,6],[7,8]]}}]
            """);

        run.Histograms.Values.Single().Select(point => (point.Stats.Min, point.Stats.Max, point.Stats.Sum, point.Stats.SumOfSquares))
            .Should().Equal((1, 3, 5, 7), (2, 4, 6, 8));
        peer.Answers($$$"""["log_histograms",["m","S",[{{{One}}},{{{One}}}]],{"steps":[1,2],"stats":{"tuple":[1,3,5,7]}}]""").Should()
            .ContainSingle().Which.Should().StartWith("TypeError: ");
    }

    [Theory]
    [InlineData("[1,3,5,7]")]
    [InlineData("[1,[3],5,7]")]
    [ParityRow("set/lists", "number stands for the one histogram")]
    public void A_number_stands_for_the_one_histogram_of_a_list(string stats)
    {
        // In the row's words: a number stands for the one histogram of a list of one.
        var run = Play($$$"""["log_histograms",["m","S",[{{{One}}}]],{"steps":[1],"stats":{"tuple":{{{stats}}}}}]""");

        run.Histograms.Values.Single().Select(point => (point.Stats.Min, point.Stats.Max, point.Stats.Sum, point.Stats.SumOfSquares))
            .Should().Equal((1, 3, 5, 7));
        peer.Answers("""["log_histograms",["m","S",[]],{"steps":[],"stats":{"tuple":[1,3,5,7]}}]""").Should()
            .ContainSingle().Which.Should().StartWith("TypeError: ");
    }

    [Theory]
    [InlineData("log_histograms", One)]
    [InlineData("log_scatters", Flat)]
    [ParityRow("point/no-points-pinned", "pinned", "label keys")]
    public void An_empty_list_is_accepted_by_a_metric_that_is_pinned(string method, string one) => peer.Answers(
        $$"""["{{method}}",["m","S",{{one}},{"a":"1"}],{"steps":1}]""",
        $$"""["{{method}}",["m","S",{{one}},{"b":"1"}],{"steps":2}]""",
        $$"""["{{method}}",["m","S",[],{"b":"1"}],{"steps":[]}]""",
        $$"""["{{method}}",["m","S",[]],{"steps":[]}]""",
        $$"""["{{method}}",["m x","S",[]],{"steps":[]}]""").Should().SatisfyRespectively(
        pins => pins.Should().Be("ok"),
        other => other.Should().Contain("label keys", "it is pinned"),
        otherKey => otherKey.Should().Be("ok"),
        noKey => noKey.Should().Be("ok"),
        name => name.Should().StartWith("ValidationError: invalid metric name: "));

    [Theory]
    [InlineData("[[1,2],[3,4]]", "", "ok")]
    [InlineData("[[1,2],[3,4],[5,6]]", "", "ok")]
    [InlineData("[[],[]]", "", "ok")]
    [InlineData("[[],[],[]]", "", "ok")]
    [InlineData("[[1,2],[3]]", "", "ValidationError: invalid scatter: coordinates have different lengths: 2 x, 1 y")]
    [InlineData("[[1,2],[3,4],[5]]", "", "ValidationError: invalid scatter: coordinates have different lengths: 2 x, 2 y, 1 z")]
    [InlineData("[[1,2],[3,4],[]]", "", "ValidationError: invalid scatter: coordinates have different lengths: 2 x, 2 y, 0 z")]
    [InlineData("[[{\"float\":\"nan\"}],[1]]", "", "ValidationError: invalid scatter: coordinates must be finite*")]
    [InlineData("[[1],[{\"float\":\"inf\"}]]", "", "ValidationError: invalid scatter: coordinates must be finite*")]
    [InlineData("[[1],[1],[{\"float\":\"-inf\"}]]", "", "ValidationError: invalid scatter: coordinates must be finite*")]
    [InlineData("[[1]]", "", "ValueError: *")]
    [InlineData("[[1],[1],[1],[1]]", "", "ValueError: *")]
    [InlineData("[1,[1]]", "", "TypeError: *")]
    [InlineData("[[1],[1],null]", "", "TypeError: *")]
    [InlineData("[[1],[1]]", ",\"z_title\":\"z\"", "ValidationError: invalid scatter: z_title needs points in three dimensions")]
    [InlineData("[[1],[1],[1]]", ",\"z_title\":\"z\"", "ok")]
    [InlineData("[[1],[1]]", ",\"x_title\":\"\",\"y_title\":\"y\"", "ok")]
    [InlineData("[[1],[1]]", ",\"x_title\":1", "TypeError: *")]
    [ParityRow("call/log_scatters", "log_scatters", "z_title")]
    [ParityRow("set/coordinates", "coordinates", "finite")]
    [ParityRow("set/z-title", "z title", "needs", "three dimensions")]
    public void Coordinates_and_titles(string scatter, string kwargs, string answer) => peer.Answers(
        $$$"""["log_scatters",["m","S",{"tuple":{{{scatter}}}}],{"steps":0{{{kwargs}}}}]""").Should()
        .ContainSingle().Which.Should().Match(answer);

    [Theory]
    [InlineData(32768, "ok")]
    [InlineData(32769, "ValidationError: invalid scatter: 32769 points exceed the maximum of 32768")]
    [ParityRow("name/scatter-points", "32 768", "scatter")]
    public void Scatters_have_32768_points_at_most(int points, string answer) => peer.Play([RulePeer.Call(
            "log_scatters", ["m", "S", Tuple(new int[points], new int[points])], new { steps = 0 })])
        .Results.Select(RulePeer.Text).Should().Equal(answer);

    [Fact]
    [ParityRow("set/dimensions", "two and three dimensions do not mix")]
    public void Two_and_three_dimensions_do_not_mix() => peer.Answers(
        """["log_scatters",["m","S",[{"tuple":[[1],[1]]},{"tuple":[[1],[1],[1]]}]],{"steps":[1,2]}]""",
        """["log_scatters",["m","S",{"tuple":[[1],[1]]}],{"steps":1}]""",
        """["log_scatters",["m","S",{"tuple":[[1],[1],[1]]}],{"steps":2}]""",
        """["log_scatters",["n","S",{"tuple":[[],[],[]]}],{"steps":2}]""",
        """["log_scatters",["n","S",{"tuple":[[],[]]}],{"steps":2}]""").Select(answer => answer.Split(':')[0]).Should()
        .Equal("ValidationError", "ok", "ValidationError", "ok", "ValidationError");

    [Fact]
    [ParityRow("set/empty-title", "empty", "title")]
    [ParityRow("set/last-titles", "titles", "last given")]
    public void Titles_are_those_last_given_and_an_empty_one_is_sent()
    {
        var scatters = Play(
            """["log_scatters",["m","S",{"tuple":[[1],[1]]}],{"steps":1,"x_title":"old","y_title":"gone"}]""",
            """["log_scatters",["m","S",{"tuple":[[1],[1]]}],{"steps":2}]""",
            """["log_scatters",["m","S",{"tuple":[[1],[1]]}],{"steps":3,"x_title":""}]""").Scatters.Values.Single();

        scatters.Titles.Should().Equal(new Dictionary<string, string> { ["xt"] = "" });
        scatters.Points.Select(point => point.Step).Should().Equal(1UL, 2UL, 3UL);
    }

    private static JsonObject Tuple(params IEnumerable<int>[] columns) => new()
    {
        ["tuple"] = new JsonArray([.. columns.Select(column => new JsonArray([.. column.Select(value => (JsonNode)value)]))]),
    };

    private DecodedRun Play(params string[] calls)
    {
        var (results, _, run) = peer.Play(calls.Select(RulePeer.Call));
        results.Select(RulePeer.Text).Should().AllBe("ok");
        return run;
    }
}
