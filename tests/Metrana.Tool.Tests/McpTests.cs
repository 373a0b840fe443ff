using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Nodes;
using FluentAssertions;
using Metrana.Tool.Tests.Support;
using Xunit;

namespace Metrana.Tool.Tests;

/// <summary>The Model Context Protocol, spoken here line by line.</summary>
public sealed class McpTests(RunsFixture runs) : IClassFixture<RunsFixture>, IAsyncLifetime, IDisposable
{
    private readonly Pipe _toServer = new();
    private readonly Pipe _fromServer = new();
    private readonly CancellationTokenSource _end = new(TestTool.Deadline);
    private Task<ToolResult> _serving = null!;
    private StreamWriter _writer = null!;
    private StreamReader _reader = null!;
    private int _id;

    public async Task InitializeAsync()
    {
        var tool = new TestTool { Data = runs.Data, Streams = (_toServer.Reader.AsStream(), _fromServer.Writer.AsStream()) };
        _serving = tool.RunAsync(["mcp"], new LockedWriter(), _end.Token);
        (_writer, _reader) = (new StreamWriter(_toServer.Writer.AsStream()), new StreamReader(_fromServer.Reader.AsStream()));
        var answer = await AskAsync("initialize", new JsonObject
        {
            ["protocolVersion"] = "2025-06-18",
            ["capabilities"] = new JsonObject(),
            ["clientInfo"] = new JsonObject { ["name"] = "test", ["version"] = "1" },
        });
        answer.GetProperty("serverInfo").GetProperty("name").GetString().Should().Be("metrana");
        await _writer.WriteLineAsync("""{"jsonrpc":"2.0","method":"notifications/initialized"}""");
        await _writer.FlushAsync();
    }

    public async Task DisposeAsync()
    {
        await _writer.DisposeAsync();
        (await _serving).Code.Should().Be(0, "the end of its input ends it");
        _reader.Dispose();
    }

    public void Dispose() => _end.Dispose();

    [Fact]
    public async Task All_tools_only_read()
    {
        var tools = (await AskAsync("tools/list", [])).GetProperty("tools").EnumerateArray().ToList();

        tools.Select(tool => tool.GetProperty("name").GetString()).Should().BeEquivalentTo(
            "list_runs", "show_run", "get_series", "compare_runs", "get_points", "query");
        tools.Should().OnlyContain(tool => tool.GetProperty("annotations").GetProperty("readOnlyHint").GetBoolean());
    }

    [Fact]
    public async Task Runs_are_listed_shown_and_compared()
    {
        var list = await CallAsync("list_runs", new JsonObject { ["project"] = "walker" });
        list.GetProperty("runs").EnumerateArray().Select(run => run.GetProperty("name").GetString()).Should().Equal("ppo-2", "ppo-1");

        var shown = await CallAsync("show_run", new JsonObject { ["run"] = "ppo-1" });
        shown.GetProperty("attributes").GetProperty("config/lr").GetDouble().Should().Be(3e-4);

        var compared = await CallAsync("compare_runs", new JsonObject { ["runs"] = new JsonArray("ppo-1", "ppo-2") });
        compared.GetProperty("config_differences").EnumerateArray().Select(one => one.GetProperty("path").GetString()).Should().Contain("config/lr");
        var loss = compared.GetProperty("metrics").EnumerateArray().Single(one => one.GetProperty("metric").GetString() == "train/loss").GetProperty("runs");
        (loss[0].GetProperty("last").GetDouble(), loss[1].GetProperty("last").GetDouble()).Should().Be((0.005, 1.5));
    }

    [Fact]
    public async Task A_curve_is_as_short_as_was_asked_and_every_point_counts()
    {
        var curve = await CallAsync("get_series", new JsonObject { ["run"] = "ppo-1", ["metric"] = "train/loss", ["buckets"] = 4 });

        var parts = curve.GetProperty("series")[0].GetProperty("parts").EnumerateArray().ToList();
        parts.Should().HaveCountLessThanOrEqualTo(4);
        parts.Sum(part => part.GetProperty("count").GetInt64()).Should().Be(RunsFixture.Steps);
        parts[0].GetProperty("max").GetDouble().Should().Be(1);
    }

    [Fact]
    public async Task Points_are_those_that_were_logged_and_no_more_than_asked_for()
    {
        var answer = await CallAsync("get_points", new JsonObject { ["run"] = "ppo-1", ["metric"] = "train/loss", ["to"] = 9, ["limit"] = 2 });

        var points = answer.GetProperty("series")[0].GetProperty("points").EnumerateArray().ToList();
        points.Select(point => (point.GetProperty("step").GetInt64(), point.GetProperty("value").GetDouble())).Should().Equal((8, 1.0 / 9), (9, 0.1));
        answer.GetProperty("series")[0].GetProperty("total").GetInt64().Should().Be(RunsFixture.Steps);
    }

    [Fact]
    public async Task A_question_in_sql_is_answered_in_a_thousand_rows_and_changes_nothing()
    {
        var counted = await CallAsync("query", new JsonObject
        {
            ["sql"] = "select metric, count(*), max(value) from points group by 1",
            ["runs"] = new JsonArray("ppo-1"),
            ["metrics"] = new JsonArray("train/loss"),
        });
        counted.GetProperty("rows").GetRawText().Should().Be($"[[\"train/loss\",{RunsFixture.Steps},1]]");
        counted.GetProperty("more").GetBoolean().Should().BeFalse();

        var endless = await CallAsync("query", new JsonObject
        {
            ["sql"] = "with recursive n(i) as (select 1 union all select i + 1 from n) select i from n",
        });
        (endless.GetProperty("rows").GetArrayLength(), endless.GetProperty("more").GetBoolean()).Should().Be((1000, true));

        var refused = await AskAsync("tools/call", new JsonObject
        {
            ["name"] = "query",
            ["arguments"] = new JsonObject { ["sql"] = "attach 'stolen.db' as other" },
        });
        refused.GetProperty("isError").GetBoolean().Should().BeTrue();
        refused.GetProperty("content")[0].GetProperty("text").GetString().Should().Contain("Nothing can be changed");
    }

    [Fact]
    public async Task What_is_not_there_is_told_to_the_assistant()
    {
        var answer = await AskAsync("tools/call", new JsonObject { ["name"] = "show_run", ["arguments"] = new JsonObject { ["run"] = "nothing" } });

        answer.GetProperty("isError").GetBoolean().Should().BeTrue();
        answer.GetProperty("content")[0].GetProperty("text").GetString().Should().Contain("no run 'nothing'");
    }

    private async Task<JsonElement> CallAsync(string tool, JsonObject arguments)
    {
        var answer = await AskAsync("tools/call", new JsonObject { ["name"] = tool, ["arguments"] = arguments });
        var text = answer.GetProperty("content")[0].GetProperty("text").GetString()!;
        (answer.TryGetProperty("isError", out var failed) && failed.GetBoolean()).Should().BeFalse(text);
        return JsonDocument.Parse(text).RootElement;
    }

    private async Task<JsonElement> AskAsync(string method, JsonObject parameters)
    {
        var id = ++_id;
        var request = new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id, ["method"] = method, ["params"] = parameters };
        await _writer.WriteLineAsync(request.ToJsonString());
        await _writer.FlushAsync();
        while (await _reader.ReadLineAsync(_end.Token) is { } line)
        {
            var answer = JsonDocument.Parse(line).RootElement;
            if (answer.TryGetProperty("id", out var of) && of.GetInt32() == id)
            {
                return answer.GetProperty("result");
            }
        }

        throw new InvalidOperationException("The server ended.");
    }
}
