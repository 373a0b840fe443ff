using System.Globalization;
using System.Text.Json.Nodes;
using FluentAssertions;
using Metrana.Player.Results;
using Xunit;

namespace Metrana.Player.Tests;

/// <summary>The rules for names, each at its boundary, as the published engine answers.</summary>
public sealed class NameRulesTests(RulePeer peer) : IClassFixture<RulePeer>
{
    /// <summary>Unicode's whitespace, and characters on both ends of each range of control characters.</summary>
    private static readonly string[] _blanksAndControls =
    [
        "\t", "\n", "\v", "\f", "\r", " ", "\u0085", "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005",
        "\u2006", "\u2007", "\u2008", "\u2009", "\u200a", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000",
        "\0", "\u0001", "\u001f", "\u007f", "\u0080", "\u009f",
    ];

    private static readonly string[] _queryCharacters = ["(", ")", "[", "]", ",", "=", "<", ">", "!", "~", "\"", "|"];

    private static readonly string[] _urlCharacters = ["/", "\\", "?", "#", "%"];

    /// <summary>What is no blank, though it looks like one, and letters of any script.</summary>
    private static readonly string[] _fine =
        ["\u200b", "\ufeff", "🚀", "é", "ß", "文", "a", "Z", "0", "_", "-", ".", "'", "`", "$", "@", "*", "+", ";", "^", "{", "}"];

    [Theory]
    [InlineData("metric", "invalid metric name: metric_name")]
    [InlineData("scale", "invalid scale: scale")]
    [InlineData("environment", "invalid environment: environment")]
    [InlineData("attributes' environment", "invalid environment: environment")]
    [InlineData("label key", "invalid label: label key")]
    [InlineData("attribute path", "invalid attribute: attribute path")]
    [InlineData("environment attribute", "invalid attribute: attribute path")]
    [ParityRow("exception/ValidationError", "ValidationError")]
    [ParityRow("name/blanks-and-controls", "blanks", "control")]
    [ParityRow("name/query-characters", "characters of queries")]
    [ParityRow("name/leading-colon", ":a")]
    public void Names_hold_no_blanks_no_controls_and_no_characters_of_queries(string what, string message)
    {
        Refused(what, _blanksAndControls.Select(c => $"a{c}b"), $"{message} contains whitespace or control character '*': 'a*b'");
        Refused(what, _queryCharacters.Select(c => $"a{c}b"), $"{message} contains reserved character '?': 'a?b'. Reserved*: ()[],=<>!~\"|*");
        Refused(what, [":a", ":"], $"{message} must not start with ':': ':*'");
        Accepted(what, ["a:b", "a:", .. _fine.Select(c => $"a{c}b"), .. _fine]);
    }

    [Theory]
    [InlineData("metric", true)]
    [InlineData("scale", true)]
    [InlineData("attribute path", true)]
    [InlineData("environment attribute", true)]
    [InlineData("label value", true)]
    [InlineData("title", true)]
    [InlineData("label key", true)]
    [InlineData("environment", false)]
    [InlineData("attributes' environment", false)]
    [ParityRow("name/url-characters", "characters of URLs")]
    public void Characters_of_URLs_are_reserved_in_environments_alone(string what, bool accepted)
    {
        var texts = _urlCharacters.Select(c => $"a{c}b");
        if (accepted)
        {
            Accepted(what, texts);
        }
        else
        {
            Refused(what, texts, "invalid environment: environment contains URL-reserved character '*': 'a*b'. "
                + "Reserved because the name appears in the URL path: /\\?#%");
        }
    }

    [Fact]
    [ParityRow("name/ampersand-in-label-keys", "a&b", "label key")]
    public void Label_keys_reserve_the_ampersand_as_well()
    {
        Refused("label key", ["a&b"], "invalid label: label key contains reserved character '&': 'a&b'. Reserved: ()[],=<>!~\"|&");
        foreach (var what in new[] { "metric", "scale", "environment", "attribute path", "environment attribute" })
        {
            Accepted(what, ["a&b"]);
        }
    }

    [Fact]
    [ParityRow("name/label-values", "a=b", "label value")]
    [ParityRow("name/axis-titles", "title", "x_title")]
    public void Label_values_and_titles_hold_blanks_but_no_controls_and_no_separators()
    {
        string[] controls = ["\t", "\n", "\r", "\0", "\u0001", "\u001f", "\u007f", "\u0080", "\u0085", "\u009f"];
        Refused("label value", controls.Select(c => $"a{c}b"), "invalid label: label value for key 'k' contains control character '*': 'a*b'");
        Refused("label value", ["a=b", "a&b"], "invalid label: label value for key 'k' contains reserved character '?': 'a?b'. Reserved: =&");
        Refused("title", [.. controls.Select(c => $"a{c}b"), "a=b", "a&b"], "invalid title: x_title*");
        string[] passing = ["", " ", "a b", "\u00a0", "\u2028", ":a", .. _queryCharacters.Where(c => c != "="), .. _fine];
        Accepted("label value", passing);
        Accepted("title", passing);
    }

    [Theory]
    [InlineData("metric", false, "invalid metric name: metric_name must not be empty")]
    [InlineData("scale", true, "")]
    [InlineData("environment", false, "invalid environment: environment must not be empty")]
    [InlineData("attributes' environment", false, "invalid environment: environment must not be empty")]
    [InlineData("label key", false, "invalid label: label key must not be empty")]
    [InlineData("label value", true, "")]
    [InlineData("title", true, "")]
    [InlineData("attribute path", false, "invalid attribute: attribute path must not be empty")]
    [InlineData("environment attribute", false, "invalid attribute: attribute path must not be empty")]
    [InlineData("string attribute", true, "")]
    [InlineData("description", true, "")]
    [InlineData("tag", true, "")]
    [ParityRow("name/what-may-be-empty", "scale", "label value", "title")]
    public void What_may_be_empty(string what, bool may, string message)
    {
        if (may)
        {
            Accepted(what, [""]);
        }
        else
        {
            Refused(what, [""], message);
        }
    }

    [Theory]
    [InlineData("metric", 256, "invalid metric name: metric_name is {0} bytes, exceeding the maximum length of 256")]
    [InlineData("scale", 64, "invalid scale: scale is {0} bytes, exceeding the maximum length of 64")]
    [InlineData("environment", 128, "invalid environment: environment is {0} bytes, exceeding the maximum length of 128")]
    [InlineData("attributes' environment", 128, "invalid environment: environment is {0} bytes, exceeding the maximum length of 128")]
    [InlineData("label key", 64, "invalid label: label key is {0} bytes, exceeding the maximum length of 64")]
    [InlineData("label value", 64, "invalid label: label value for key 'k' is {0} bytes, exceeding the maximum length of 64")]
    [InlineData("title", 64, "invalid title: x_title is {0} bytes, exceeding the maximum length of 64")]
    [InlineData("attribute path", 512, "invalid attribute: attribute path is {0} bytes, exceeding the maximum length of 512")]
    [InlineData("environment attribute", 512, "invalid attribute: attribute path is {0} bytes, exceeding the maximum length of 512")]
    [InlineData("string attribute", 16384, "invalid attribute: string attribute 'a' is {0} bytes, exceeding the maximum length of 16384")]
    [InlineData("description", 16384, "invalid attribute: string attribute 'sys/description' is {0} bytes, exceeding the maximum length of 16384")]
    [InlineData("tag", 32768, "invalid attribute: string set attribute 'sys/tags' totals {0} bytes, exceeding the maximum of 32768")]
    [InlineData("removed tag", 32768, "invalid attribute: string set attribute 'sys/tags' totals {0} bytes, exceeding the maximum of 32768")]
    [ParityRow("name/metric-length", "metric", "256")]
    [ParityRow("name/scale-length", "scale", "64")]
    [ParityRow("name/environment-length", "environment", "128")]
    [ParityRow("name/label-length", "label key", "label value", "64")]
    [ParityRow("name/axis-title-length", "title", "64")]
    [ParityRow("name/attribute-path-length", "attribute path", "512")]
    [ParityRow("name/string-length", "string attribute", "description", "16 384")]
    public void Lengths_count_bytes(string what, int limit, string message)
    {
        Accepted(what, [Repeated("x", limit), Repeated("é", limit / 2), Repeated("🚀", limit / 4)]);

        var told = string.Format(CultureInfo.InvariantCulture, message, limit + 1);
        Refused(what, [Repeated("x", limit + 1), Repeated("é", limit / 2) + "x", Repeated("🚀", limit / 4) + "x"], told);
    }

    [Theory]
    [InlineData("log_distributed_floats", "1.0", "{\"first_step\":0}")]
    [InlineData("log_rl_floats", "0,[\"e\"],1.0,null", "{}")]
    [InlineData("log_histograms", "{\"tuple\":[[1],[0,1]]}", "{\"steps\":0}")]
    [InlineData("log_scatters", "{\"tuple\":[[1],[1]]}", "{\"steps\":0}")]
    public void Every_kind_has_the_same_names(string method, string values, string kwargs)
    {
        Answer("m", Repeated("s", 64), "{\"k\":\"\"}").Should().Be("ok");
        Answer(Repeated("m", 256), "", "{}").Should().Be("ok");
        Answer(Repeated("m", 257), "S", "{}").Should().Match("ValidationError: invalid metric name: *");
        Answer("", "S", "{}").Should().Match("ValidationError: invalid metric name: *");
        Answer("m", Repeated("s", 65), "{}").Should().Match("ValidationError: invalid scale: *");
        Answer("m", "S", "{\"\":\"v\"}").Should().Match("ValidationError: invalid label: *");
        Answer("m", "S", $"{{\"k\":\"{Repeated("v", 64)}\"}}").Should().Be("ok");
        Answer("m", "S", $"{{\"k\":\"{Repeated("v", 65)}\"}}").Should().Match("ValidationError: invalid label: *");

        string Answer(string metric, string scale, string labels) =>
            peer.Answers($$"""["{{method}}",["{{metric}}","{{scale}}",{{values}},{{labels}}],{{kwargs}}]""").Single();
    }

    [Fact]
    [ParityRow("name/string-set-length", "total", "32 768")]
    public void The_entries_of_a_set_count_together()
    {
        var half = Repeated("x", 16384);

        Answers([Tags(half, half), Tags(half, half, ""), Update([half], [half])]).Should().Equal("ok", "ok", "ok");
        Answers([Tags(half, half, "x"), Update([half], [half, "x"]), Update([half, "x"], [half])]).Should()
            .AllBe("ValidationError: invalid attribute: string set attribute 'sys/tags' totals 32769 bytes, exceeding the maximum of 32768");

        static JsonNode Tags(params string[] tags) => RulePeer.Call("set_tags", [tags]);
        static JsonNode Update(string[] added, string[] removed) => RulePeer.Call("update_tags", [added, removed]);
    }

    [Fact]
    [ParityRow("name/labels-of-a-series", "8", "labels")]
    public void A_series_carries_eight_labels_at_most()
    {
        Answers([Labelled("eight", 8), Labelled("nine", 9)]).Should()
            .Equal("ok", "ValidationError: invalid label: series carries 9 labels, exceeding the maximum of 8");

        static JsonNode Labelled(string metric, int count) => RulePeer.Call(
            "log_std_floats", [metric, "S", 1.0, Enumerable.Range(0, count).ToDictionary(i => $"k{i}", _ => "")]);
    }

    [Fact]
    [ParityRow("name/label-key-twice", "twice", "last value counts")]
    public void Of_a_label_key_that_comes_twice_the_last_value_counts()
    {
        string[][] all = [["k", "first"], .. Enumerable.Range(0, 7).Select(i => new[] { $"k{i}", "v" }), ["k", "last"]];
        var pairs = all.Select(pair => new { tuple = pair });

        var (results, _, run) = peer.Play([RulePeer.Call("log_std_floats", ["m", "S", 1.0, pairs])]);

        results.Should().Equal(CallResult.Ok);
        run.Points.Keys.Single().Labels.Should().Be("k=last&k0=v&k1=v&k2=v&k3=v&k4=v&k5=v&k6=v");
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a//b")]
    [InlineData("/")]
    [ParityRow("name/attribute-path-slashes", "a//b")]
    public void Slashes_stand_anywhere_in_an_attribute_path(string path)
    {
        Accepted("attribute path", [path]);
        Accepted("environment attribute", [path]);
    }

    [Fact]
    [ParityRow("name/attribute-path-colon", ":b")]
    public void Only_a_whole_path_may_not_start_with_a_colon()
    {
        Answers([RulePeer.Call("log_attributes", ["a", new Dictionary<string, int> { [":b"] = 1 }])]).Should().Equal("ok");
        Answers([RulePeer.Call("log_attributes", ["", new Dictionary<string, int> { [":b"] = 1 }])]).Should()
            .Equal("ValidationError: invalid attribute: attribute path must not start with ':': ':b'");
    }

    [Theory]
    [InlineData("[[\"log_std_floats\",[\"m\",\"S\",1.0,{\"k\":1}]]]")]
    [InlineData("[[\"log_std_floats\",[\"m\",\"S\",1.0,[{\"tuple\":[\"k\",null]}]]]]")]
    [InlineData("[[\"log_std_floats\",[1,\"S\",1.0]]]")]
    [InlineData("[[\"log_std_floats\",[\"m\",null,1.0]]]")]
    [InlineData("[[\"log_rl_floats\",[\"m\",\"S\",0,[1],1.0]]]")]
    [InlineData("[[\"log_rl_floats\",[\"m\",\"S\",0,\"e\",1.0]]]")]
    [InlineData("[[\"set_tags\",[\"text\"]]]")]
    [InlineData("[[\"set_tags\",[[1]]]]")]
    [InlineData("[[\"set_tags\",[null]]]")]
    [InlineData("[[\"set_description\",[null]]]")]
    [ParityRow("name/label-value-no-text", "no text")]
    public void What_is_no_text_is_refused_by_its_type(string calls) =>
        Answers(JsonNode.Parse(calls)!.AsArray().Select(call => RulePeer.Call(call!.ToJsonString()))).Should()
            .ContainSingle().Which.Should().StartWith("TypeError: ");

    private static string Repeated(string unit, int count) => string.Concat(Enumerable.Repeat(unit, count));

    private void Accepted(string what, IEnumerable<string> texts) =>
        Answers(texts.Select((text, i) => With(what, text, i))).Should().AllBe("ok", what);

    private void Refused(string what, IEnumerable<string> texts, string message) =>
        Answers(texts.Select((text, i) => With(what, text, i))).Should().AllSatisfy(
            answer => answer.Should().Match($"ValidationError: {message}", what));

    private List<string> Answers(IEnumerable<JsonNode> calls) => [.. peer.Play(calls).Results.Select(RulePeer.Text)];

    /// <summary>A call that has the text in that place. Metrics differ, where what was accepted before would matter.</summary>
    private static JsonNode With(string what, string text, int i) => what switch
    {
        "metric" => RulePeer.Call("log_std_floats", [text, "S", 1.0]),
        "scale" => RulePeer.Call("log_std_floats", ["m", text, 1.0]),
        "environment" => RulePeer.Call("log_rl_floats", ["m", "S", 0, new[] { text }, 1.0]),
        "attributes' environment" => RulePeer.Call("log_env_attributes", [text, new { a = 1 }]),
        "label key" => RulePeer.Call("log_std_floats", [$"m{i}", "S", 1.0, new Dictionary<string, string> { [text] = "v" }]),
        "label value" => RulePeer.Call("log_std_floats", ["m", "S", 1.0, new { k = text }]),
        "attribute path" => RulePeer.Call("log_attributes", [text, 1]),
        "environment attribute" => RulePeer.Call("log_env_attributes", ["e", new Dictionary<string, int> { [text] = 1 }]),
        "string attribute" => RulePeer.Call("log_attributes", ["a", text]),
        "description" => RulePeer.Call("set_description", [text]),
        "tag" => RulePeer.Call("set_tags", [new[] { text }]),
        "removed tag" => RulePeer.Call("update_tags", [null, new[] { text }]),
        "title" => RulePeer.Call(
            "log_scatters", ["m", "S", new { tuple = new[] { new[] { 1.5 }, new[] { 2.5 } } }], new { steps = i, x_title = text }),
        _ => throw new ArgumentOutOfRangeException(nameof(what), what, "There is no such place."),
    };
}
