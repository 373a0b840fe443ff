using System.Text.Json;
using FluentAssertions;
using Metrana.Player.Results;
using Metrana.Player.Scripts;
using Metrana.WireCapture;
using Metrana.WireCapture.Decode;
using Xunit;

namespace Metrana.Player.Tests;

/// <summary>Rules that no golden vector shows, played call by call: what is refused, and what reaches the wire.</summary>
public sealed class RuleTests : IAsyncLifetime
{
    private const string Max = "9223372036854775807"; // 2^63 - 1, the largest step

    private CaptureServer _peer = null!;

    public async Task InitializeAsync() => _peer = await CaptureServer.StartAsync();

    public async Task DisposeAsync() => await _peer.DisposeAsync();

    [Theory]
    [InlineData("none", "[1.0, 2.0]", "{}", "ok")]
    [InlineData("too few steps", "[1.0, 2.0]", """{"steps":[1]}""", "ValidationError")]
    [InlineData("empty steps", "[1.0]", """{"steps":[]}""", "ValidationError")]
    [InlineData("too many times", "[1.0]", """{"timestamps_millis":[1, 2]}""", "ValidationError")]
    [InlineData("empty times", "[1.0]", """{"timestamps_millis":[]}""", "ValidationError")]
    [InlineData("largest step", "[1.0]", $$"""{"steps":[{{Max}}]}""", "ok")]
    [InlineData("largest first step", "1.0", $$"""{"first_step":{{Max}}}""", "ok")]
    [InlineData("beyond it", "[1.0, 2.0]", $$"""{"first_step":{{Max}}}""", "ValidationError")]
    [InlineData("beyond 64 bits", "[1.0]", """{"steps":[18446744073709551616]}""", "OverflowError")]
    [InlineData("any time", "[1.0, 2.0]", """{"timestamps_millis":[-9223372036854775808, 0]}""", "ok")]
    [InlineData("falling steps", "[1.0, 2.0]", """{"steps":[5, 3]}""", "ok")]
    [InlineData("a grid", "[[1.0], [2.0]]", "{}", "TypeError")]
    [InlineData("no labels", "[1.0]", """{"labels":null}""", "ok")]
    [InlineData("nine labels", "[1.0]", """{"labels":{"a":"","b":"","c":"","d":"","e":"","f":"","g":"","h":"","i":""}}""", "ValidationError")]
    [InlineData("a number as label", "[1.0]", """{"labels":{"a":1}}""", "TypeError")]
    [InlineData("half a character", "[1.0]", """{"labels":{"a":"\ud800"}}""", "ValueError")]
    public void One_call(string run, string values, string kwargs, string expected)
    {
        var result = Play(run, Call(values, kwargs));

        Answers(result).Should().Equal(expected);
        var decoded = _peer.Run(run).Decode();
        decoded.Points.Should().HaveCount(expected == "ok" ? 1 : 0);
        decoded.Declarations.Should().HaveCount(expected == "ok" ? 1 : 0, "a refused call sends nothing");
    }

    [Fact]
    public void No_points_are_taken_and_send_nothing()
    {
        var result = Play("empty", Call("[]", """{"first_step":5}"""), Call("[1.0]", "{}"));

        Answers(result).Should().Equal("ok", "ok");
        Points("empty").Should().ContainSingle().Which.Step.Should().Be(0, "a call without points moves no step");
        result.Counters["float_points_added"].Should().Be(1);
    }

    [Fact]
    public void A_refused_call_moves_no_step()
    {
        var result = Play(
            "refused", Call("[1.0]", """{"first_step":10}"""), Call("[1.0]", """{"steps":[50, 60]}"""), Call("[1.0]", "{}"), LastStep);

        Answers(result).Should().Equal("ok", "ValidationError", "ok", "11");
        Points("refused").Select(point => point.Step).Should().Equal(10, 11);
    }

    [Fact]
    public void The_step_after_the_largest_is_refused()
    {
        var result = Play("full", Call("[1.0]", $$"""{"first_step":{{Max}}}"""), Call("[1.0]", "{}"), LastStep);

        Answers(result).Should().Equal("ok", "ValidationError", Max);
    }

    [Fact]
    public void A_step_that_falls_is_sent_and_the_last_one_stays()
    {
        var result = Play("falls", Call("[1.0]", """{"first_step":9}"""), Call("[2.0]", """{"first_step":3}"""), Call("[3.0]", "{}"), LastStep);

        Answers(result).Should().Equal("ok", "ok", "ok", "10");
        Points("falls").Select(point => point.Step).Should().Equal(9, 3, 10);
    }

    [Fact]
    public void Of_a_label_that_comes_twice_the_last_counts()
    {
        var result = Play(
            "labels", Call("[1.0]", """{"labels":[{"tuple":["a","1"]},{"tuple":["b","x"]},{"tuple":["a","2"]}]}"""), Call("[2.0]", """{"labels":{"b":"x","a":"2"}}"""));

        Answers(result).Should().Equal("ok", "ok");
        var series = _peer.Run("labels").Decode().Points.Should().ContainSingle().Subject;
        series.Key.Labels.Should().Be("a=2&b=x");
        series.Value.Select(point => point.Step).Should().Equal(0, 1);
    }

    [Fact]
    public void Label_keys_of_a_metric_are_pinned_by_its_first_point()
    {
        var result = Play(
            "pinned",
            Call("[1.0]", """{"labels":{"a":"1"}}"""),
            Call("[1.0]", """{"labels":{"b":"1"}}"""),
            Call("[1.0]", """{"labels":{"a":"2"}}"""),
            Call("[1.0]", "{}"));

        Answers(result).Should().Equal("ok", "ValidationError", "ok", "ValidationError");
    }

    [Fact]
    public void Both_widths_of_one_series_keep_their_own()
    {
        Play("widths", Call("[0.1]", """{"dtype":"float32"}"""), Call("[0.1]", "{}"), Call("[0.1]", """{"dtype":"float16"}"""));

        Points("widths").Select(point => (point.Value, point.IsFloat32)).Should()
            .Equal((0.1f, true), (0.1, false), (0.0999755859375, true));
    }

    private const string LastStep = """{"method":"get_series_last_step","args":["loss","ML_STEP"],"kwargs":{}}""";

    private static string Call(string values, string kwargs) =>
        $$"""{"method":"log_std_floats","args":["loss","ML_STEP",{{values}}],"kwargs":{{kwargs}}}""";

    private static IEnumerable<string> Answers(ScriptResult result) => result.Results.Select(answer => answer switch
    {
        RaisedResult raised => raised.PublishedName,
        ValueResult value => value.Value?.ToJsonString() ?? "null",
        _ => "ok",
    });

    private ScriptResult Play(string name, params string[] calls)
    {
        var script = ScriptReader.ReadLine(
            $$"""{"name":{{JsonSerializer.Serialize(name)}},"config":{},"calls":[{{string.Join(',', calls)}}]}""");
        var result = new ScriptPlayer(new PlayerOptions(_peer.Endpoint, "any")).Play(script);
        result.Init.Should().BeNull();
        result.Close.Should().Be(CallResult.Ok);
        return result;
    }

    private List<DecodedPoint> Points(string run) => _peer.Run(run).Decode().Points.Single().Value;
}
