using FluentAssertions;
using Xunit;

namespace Metrana.Server.Tests;

/// <summary>An answer that is not what the server would say is told as such, and nothing of it is given out.</summary>
public sealed class HostileAnswerTests(FakeServer fake) : IClassFixture<FakeServer>
{
    /// <summary>For each reader an answer that it takes.</summary>
    private static readonly Dictionary<string, (string Answer, Func<LocalServer, Task> Read)> _readers = new()
    {
        ["runs"] = (
            """{"runs":[{"run_id":"00","workspace":"w","project":"p","run_name":"r","fork_point":{"parent_run_name":"a","fork_step":"1"},"created_at_millis":"1","closed":false,"series":"3","points":"4"}]}""",
            server => server.GetRunsAsync()),
        ["rules"] = (
            """{"run_id":"00","aggregation_rules":[{"metric_name":null,"source_scale":"A","output_scale":"B","functions":["std_dev"],"aggregate_over_labels":["gpu"]}]}""",
            server => server.GetAggregationRulesAsync("00")),
        ["series"] = (
            """{"series":[{"id":"1","metric":"m","scale":"s","labels":{"k":"v"},"ordering":"absolute_ordered","world":"rl","kind":"float","points":"1","last_step":null,"titles":{"x":"t"},"environments":["e"],"episodic":true}]}""",
            server => server.GetSeriesAsync("00")),
        ["points"] = (
            """{"total":"2","offset":"0","steps":["0","1"],"timestamps_millis":["3","-4"],"values":[0.5,"NaN"],"value_width":[64,32]}""",
            server => server.GetPointsAsync("00", 1)),
        ["rl points"] = (
            """{"total":"1","offset":"0","environment":"e","rl_steps":["0"],"episodes":[null],"env_steps":["2"],"flat":[true],"from_one":[false],"timestamps_millis":["3"],"values":[0.5],"value_width":[64]}""",
            server => server.GetRlPointsAsync("00", 1, "e")),
        ["histograms"] = (
            """{"total":"1","offset":"0","histograms":[{"step":"0","timestamp_millis":"1","bin_edges":[0,1],"counts":["2"],"stats":{"min":0,"max":1,"sum":2,"sum_of_squares":3}}]}""",
            server => server.GetHistogramsAsync("00", 1)),
        ["scatters"] = (
            """{"total":"1","offset":"0","scatters":[{"step":"0","timestamp_millis":"1","xs":[0],"ys":[1],"zs":[2]}]}""",
            server => server.GetScattersAsync("00", 1)),
        ["attributes"] = (
            """{"attributes":{"i":{"type":"int","value":"32"},"f":{"type":"float","value":0.5},"b":{"type":"bool","value":true},"s":{"type":"string","value":"x"},"n":{"type":"null"},"t":{"type":"string_set","value":["y"]},"w":{"type":"timestamp","value_millis":"7"}}}""",
            server => server.GetAttributesAsync("00")),
        ["environments"] = (
            """{"environments":[{"name":"e","last_rl_step":null,"last_episode":"1","attributes":{"n":{"type":"null"}},"episodes":[{"episode":"4","attributes":{"z":{"type":"null"}}}]}]}""",
            server => server.GetEnvironmentsAsync("00")),
        ["counts"] = ("""{"runs":"1"}""", server => server.GetCountsAsync()),
    };

    public static TheoryData<string> Readers => [.. _readers.Keys];

    /// <summary>What is changed in the good answer, and into what.</summary>
    public static TheoryData<string, string, string> Changes => new()
    {
        { "runs", "\"runs\"", "\"others\"" },
        { "runs", "[{", "[null,{" },
        { "runs", "\"00\"", "null" },
        { "runs", "\"parent_run_name\":\"a\",", "" },
        { "runs", "\"parent_run_name\":\"a\"", "\"parent_run_name\":null" },
        { "runs", ",\"fork_step\":\"1\"", "" },
        { "runs", "\"1\"", "\"18446744073709551616\"" },
        { "rules", "\"aggregation_rules\"", "\"rules\"" },
        { "rules", "[{", "[null,{" },
        { "rules", "\"A\"", "null" },
        { "rules", "[\"std_dev\"]", "null" },
        { "rules", "std_dev", "median" },
        { "rules", "\"std_dev\"", "5" },
        { "rules", "[\"gpu\"]", "[null]" },
        { "series", "[{", "[null,{" },
        { "series", "\"series\":[", "\"serie\":[" },
        { "series", "\"world\":\"rl\",", "" },
        { "series", "\"rl\"", "\"upside down\"" },
        { "series", "\"float\"", "\"scatter_4d\"" },
        { "series", "\"m\"", "null" },
        { "series", "{\"k\":\"v\"}", "null" },
        { "series", "\"v\"", "null" },
        { "series", "\"t\"", "null" },
        { "series", "\"e\"", "null" },
        { "series", "\"id\":\"1\"", "\"id\":\"-1\"" },
        { "series", "\"id\":\"1\"", "\"id\":\"9223372036854775808\"" },
        { "runs", "\"fork_step\":\"1\"", "\"fork_step\":\"-1\"" },
        { "points", "\"offset\":\"0\"", "\"offset\":\"-1\"" },
        { "points", "[\"0\",\"1\"]", "[\"0\",\"-1\"]" },
        { "points", "[\"0\",\"1\"]", "[\"0\",\"9223372036854775808\"]" },
        { "rl points", "\"rl_steps\":[\"0\"]", "\"rl_steps\":[\"-1\"]" },
        { "rl points", "[null]", "[\"-1\"]" },
        { "rl points", "[\"2\"]", "[\"-2\"]" },
        { "histograms", "\"step\":\"0\"", "\"step\":\"-1\"" },
        { "scatters", "\"step\":\"0\"", "\"step\":\"-1\"" },
        { "environments", "\"last_episode\":\"1\"", "\"last_episode\":\"-1\"" },
        { "environments", "\"episode\":\"4\"", "\"episode\":\"-4\"" },
        { "points", "\"total\":\"2\",", "" },
        { "points", "[\"0\",\"1\"]", "[\"0\"]" },
        { "points", "[\"0\",\"1\"]", "null" },
        { "points", "[\"0\",\"1\"]", "[\"0\",null]" },
        { "points", "[0.5,\"NaN\"]", "null" },
        { "points", "\"NaN\"", "\"none\"" },
        { "points", "[64,32]", "[64]" },
        { "points", "\"1\"", "1.5" },
        { "rl points", "\"e\"", "null" },
        { "rl points", "[null]", "[]" },
        { "rl points", "[\"0\"]", "[null]" },
        { "rl points", "[true]", "[true,true]" },
        { "rl points", "[false]", "null" },
        { "rl points", "[\"2\"]", "[\"2\",\"3\"]" },
        { "histograms", "[{", "[null,{" },
        { "histograms", "\"total\":\"1\",", "" },
        { "histograms", "\"counts\":[\"2\"],", "" },
        { "histograms", "\"counts\":[\"2\"],", "\"counts\":[\"2\"],\"densities\":[2]," },
        { "histograms", "[\"2\"]", "[\"2\",\"3\"]" },
        { "histograms", "[\"2\"]", "[\"-2\"]" },
        { "histograms", "[0,1]", "null" },
        { "histograms", "[0,1],\"counts\":[\"2\"]", "[],\"counts\":[]" },
        { "histograms", "\"max\":1,", "" },
        { "scatters", "[{", "[null,{" },
        { "scatters", "\"offset\":\"0\",", "" },
        { "scatters", "[1]", "[]" },
        { "scatters", "[0]", "null" },
        { "scatters", "[2]", "[2,3]" },
        { "attributes", "\"attributes\"", "\"other\"" },
        { "attributes", "{\"type\":\"null\"}", "null" },
        { "attributes", "\"type\":\"null\"", "" },
        { "attributes", "\"null\"", "\"void\"" },
        { "attributes", ",\"value\":\"32\"", "" },
        { "attributes", "\"32\"", "\"9223372036854775808\"" },
        { "attributes", "\"32\"", "\"1.5\"" },
        { "attributes", ",\"value\":0.5", "" },
        { "attributes", ",\"value\":true", "" },
        { "attributes", "\"x\"", "null" },
        { "attributes", "\"x\"", "1" },
        { "attributes", "\"y\"", "null" },
        { "attributes", "[\"y\"]", "null" },
        { "attributes", "value_millis", "value" },
        { "environments", "[{\"name\"", "[null,{\"name\"" },
        { "environments", "\"e\"", "null" },
        { "environments", "{\"n\":{\"type\":\"null\"}}", "null" },
        { "environments", "{\"n\":{\"type\":\"null\"}}", "{\"n\":null}" },
        { "environments", "[{\"episode\"", "[null,{\"episode\"" },
        { "environments", "\"episode\":\"4\",", "" },
        { "environments", "{\"z\":{\"type\":\"null\"}}", "{\"z\":null}" },
        { "counts", "\"1\"", "\"many\"" },
    };

    [Theory]
    [MemberData(nameof(Readers))]
    public async Task The_good_answer_is_taken_and_no_part_of_it(string reader)
    {
        var (answer, read) = _readers[reader];
        fake.Answer(answer);
        await read(fake.Server);

        for (var length = 0; length < answer.Length; length += Math.Max(1, answer.Length / 16))
        {
            fake.Answer(answer[..length]);
            await ToBeOfAnotherFormAsync(read);
        }

        string[] others = ["null", "[]", "\"\"", "<html>", answer + "x"];
        foreach (var other in others)
        {
            fake.Answer(other);
            await FluentActions.Awaiting(() => read(fake.Server)).Should().ThrowAsync<LocalServerException>(other);
        }
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_changed_answer_is_not(string reader, string from, string to)
    {
        var (answer, read) = _readers[reader];
        var at = answer.IndexOf(from, StringComparison.Ordinal);
        at.Should().BeGreaterThanOrEqualTo(0, "there must be something to change");
        fake.Answer(answer[..at] + to + answer[(at + from.Length)..]);

        await ToBeOfAnotherFormAsync(read);
    }

    [Theory]
    [MemberData(nameof(Readers))]
    public async Task An_answer_that_breaks_off_is_none(string reader)
    {
        var (answer, read) = _readers[reader];
        fake.Answer(answer, missing: 1);

        await FluentActions.Awaiting(() => read(fake.Server)).Should().ThrowAsync<LocalServerException>().WithMessage("*does not answer*");
    }

    [Theory]
    [InlineData("points")]
    [InlineData("rl points")]
    [InlineData("histograms")]
    [InlineData("scatters")]
    public async Task Pages_must_be_those_that_were_asked_for_and_complete(string reader)
    {
        var (answer, read) = _readers[reader];
        var total = answer.Contains("\"total\":\"2\"", StringComparison.Ordinal) ? "\"total\":\"2\"" : "\"total\":\"1\"";
        string[] wrong =
        [
            // Another page, more than there are, and the first page again where the second was asked for.
            answer.Replace("\"offset\":\"0\"", "\"offset\":\"1\"", StringComparison.Ordinal),
            answer.Replace(total, "\"total\":\"0\"", StringComparison.Ordinal),
            answer.Replace(total, "\"total\":\"9223372036854775807\"", StringComparison.Ordinal),
        ];
        foreach (var one in wrong)
        {
            fake.Answer(one);
            await FluentActions.Awaiting(() => read(fake.Server)).Should().ThrowAsync<LocalServerException>(one).WithMessage("*asked for at most*");
        }
    }

    [Fact]
    public async Task A_list_that_ends_early_is_not_taken_for_the_whole()
    {
        fake.Answer(asked => asked.Contains("offset=0", StringComparison.Ordinal)
            ? """{"total":"3","offset":"0","histograms":[{"step":"0","timestamp_millis":"1","bin_edges":[0,1],"counts":["2"],"stats":null}]}"""
            : """{"total":"3","offset":"1","histograms":[]}""");

        await FluentActions.Awaiting(() => fake.Server.GetHistogramsAsync("00", 1)).Should().ThrowAsync<LocalServerException>()
            .WithMessage("The server holds 3 in a list and gave only the first 1.");
    }

    [Fact]
    public async Task A_list_that_grows_while_it_is_read_is_read_as_it_began()
    {
        fake.Answer(asked => asked.Contains("offset=0", StringComparison.Ordinal)
            ? """{"total":"2","offset":"0","scatters":[{"step":"0","timestamp_millis":"1","xs":[0],"ys":[1]}]}"""
            : """{"total":"9","offset":"1","scatters":[{"step":"1","timestamp_millis":"1","xs":[0],"ys":[1]}]}""");

        var scatters = await fake.Server.GetScattersAsync("0/0", 7);

        scatters.Select(scatter => scatter.Step).Should().Equal(0, 1);
        fake.Asked.Should().Equal(
            "/api/v1/runs/0%2F0/series/7/scatters?raw=true&offset=0&limit=100", "/api/v1/runs/0%2F0/series/7/scatters?raw=true&offset=1&limit=1");
    }

    private async Task ToBeOfAnotherFormAsync(Func<LocalServer, Task> read) =>
        await FluentActions.Awaiting(() => read(fake.Server)).Should().ThrowAsync<LocalServerException>().WithMessage("*not of the expected form*");
}
