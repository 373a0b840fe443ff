using System.Diagnostics;
using System.Text.Json;
using FluentAssertions;
using Metrana.Server;
using Xunit;

namespace Metrana.Player.Tests;

/// <summary>The program as it is run, against a local server.</summary>
public sealed class PlayTests : IAsyncLifetime
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("metrana-player-");
    private LocalServer _server = null!;

    public async Task InitializeAsync() => _server = await LocalServer.StartAsync();

    public async Task DisposeAsync()
    {
        _directory.Delete(recursive: true);
        await _server.DisposeAsync();
    }

    [Fact]
    [ParityRow("counter/connection_attempts", "ConnectionAttempts")]
    [ParityRow("counter/requests_sent", "RequestsSent")]
    public async Task Results_have_the_published_form()
    {
        var played = await PlayAsync(
            """{"name":"good","config":{"logger_id":18446744073709551615},"calls":[{"method":"log_std_floats","args":["loss","ML_STEP",[1.0,0.5]],"kwargs":{"first_step":7}},{"method":"flush","args":[],"kwargs":{}},{"method":"get_series_last_step","args":["loss","ML_STEP"],"kwargs":{}},{"method":"get_series_last_step","args":["none","ML_STEP"],"kwargs":{}}]}""",
            """{"name":"bad","config":{},"calls":[{"method":"log_std_floats","args":["","ML_STEP",1.0],"kwargs":{}},{"method":"log_std_floats","args":["loss","ML_STEP",1.0],"kwargs":{"first_step":-1}},{"method":"log_everything","args":[],"kwargs":{}},{"method":"log_std_floats","args":["loss","ML_STEP",1.0],"kwargs":{}}]}""",
            """{"name":"never","config":{"fork_step":3},"calls":[]}""");

        played.ExitCode.Should().Be(0);
        played.Lines.Should().HaveCount(3);
        played.Lines.Select(line => line.GetProperty("name").GetString()).Should().Equal("good", "bad", "never");

        var good = played.Lines[0];
        good.GetProperty("results").GetRawText().Should().Be("""["ok","ok",{"value":8},{"value":null}]""");
        good.GetProperty("close").GetString().Should().Be("ok");
        var counters = good.GetProperty("counters");
        counters.GetProperty("float_points_added").GetInt64().Should().Be(2);
        counters.GetProperty("float_points_enqueued").GetInt64().Should().Be(2);
        counters.GetProperty("float_points_sent").GetInt64().Should().Be(2);
        counters.GetProperty("float_points_dropped").GetInt64().Should().Be(0);
        counters.GetProperty("float_points_disk_persisted").GetInt64().Should().Be(0);
        counters.GetProperty("connection_attempts").GetInt64().Should().Be(1);
        counters.GetProperty("requests_sent").GetInt64().Should().BePositive();

        var bad = played.Lines[1].GetProperty("results").EnumerateArray().ToList();
        bad.Take(3).Select(result => result.GetProperty("raises").GetString()).Should().Equal("ValidationError", "OverflowError", "NotSupported");
        bad[3].GetString().Should().Be("ok", "a refused call does not end the script");
        played.Lines[1].GetProperty("counters").GetProperty("float_points_added").GetInt64().Should().Be(1);

        played.Lines[2].GetProperty("init").GetProperty("raises").GetString().Should().Be("LoggerInitError");
        played.Lines[2].TryGetProperty("results", out _).Should().BeFalse();
    }

    [Fact]
    [ParityRow("option/resume_strategy", "resume_strategy")]
    [ParityRow("exception/OrchestrationIdMismatchError", "OrchestrationIdMismatchError")]
    [ParityRow("delivery/taken-names", "OrchestrationIdMismatch")]
    public async Task A_run_that_is_there_already_is_told_as_the_published_client_does()
    {
        const string Mine = """{"name":"mine","config":{"orchestration_id":"job"},"calls":[]}""";
        (await PlayAsync(Mine)).Lines.Should().ContainSingle().Which.GetProperty("close").GetString().Should().Be("ok");

        var again = await PlayAsync(
            """{"name":"mine","config":{},"calls":[]}""",
            """{"name":"mine","config":{"orchestration_id":"other","resume_strategy":"ResumeStrategy.Allow"},"calls":[]}""",
            Mine);

        again.Lines[0].GetProperty("init").GetProperty("raises").GetString().Should().Be("OrchestrationIdMismatchError");
        again.Lines[1].GetProperty("close").GetString().Should().Be("ok");
        again.Lines[2].GetProperty("close").GetString().Should().Be("ok");
    }

    [Fact]
    public async Task Thousands_of_scripts_are_played_side_by_side()
    {
        const int Count = 2000;
        var scripts = Enumerable.Range(0, Count).Select(i =>
            $$$"""{"name":"many/{{{i}}}","config":{},"calls":[{"method":"log_std_floats","args":["loss","ML_STEP",[{{{i}}}]],"kwargs":{"steps":[{{{i}}}]}},{"method":"log_std_floats","args":["loss","ML_STEP",1.0],"kwargs":{}}]}""");

        var played = await PlayAsync([.. scripts]);

        played.ExitCode.Should().Be(0);
        played.Lines.Select(line => line.GetProperty("name").GetString()).Should().Equal(Enumerable.Range(0, Count).Select(i => $"many/{i}"));
        played.Lines.Should().OnlyContain(line => line.GetProperty("close").GetString() == "ok");
        (await _server.GetCountsAsync()).Points.Should().Be(2 * Count);
        var last = await _server.FindRunAsync($"many/{Count - 1}");
        var series = (await _server.GetSeriesAsync(last!.RunId)).Single();
        (await _server.GetPointsAsync(last.RunId, series.Id)).Steps.Should().Equal(Count - 1, Count);
    }

    [Fact]
    public async Task Scripts_of_one_run_are_played_in_their_order()
    {
        const string Again = """{"name":"again","config":{"resume_strategy":"ResumeStrategy.Allow"},"calls":[{"method":"log_std_floats","args":["loss","ML_STEP",[1.0,2.0]],"kwargs":{}},{"method":"get_series_last_step","args":["loss","ML_STEP"],"kwargs":{}}]}""";

        var played = await PlayAsync([.. Enumerable.Repeat(Again, 20)]);

        played.Lines.Select(line => line.GetProperty("results")[1].GetProperty("value").GetInt64()).Should()
            .Equal(Enumerable.Range(1, 20).Select(i => 2L * i - 1));
    }

    [Fact]
    [ParityRow("delivery/logger-id-and-fork-step", "logger_id", "fork_step")]
    public async Task Settings_that_cannot_be_are_told_instead_of_results()
    {
        string[] refused =
        [
            """{"logger_id":0}""", """{"logger_id":-1}""", """{"logger_id":18446744073709551616}""", """{"logger_id":1.0}""",
            """{"fork_step":1}""", """{"parent_run_name":"p","fork_step":-1}""", """{"resume_strategy":"Allow"}""",
            """{"create_project_if_missing":1}""", """{"experiment":5}""", """{"unheard_of":1}""",
        ];
        string[] taken =
        [
            """{"logger_id":1}""", """{"parent_run_name":"p"}""", """{"parent_run_name":"p","fork_step":0}""",
            """{"experiment":"","organization":"","orchestration_id":""}""", """{"logger_id":null,"fork_step":null}""",
        ];

        (await PlayAsync("""{"name":"p","config":{},"calls":[]}""")).ExitCode.Should().Be(0, "a fork needs its parent");
        var played = await PlayAsync([.. refused.Concat(taken).Select((config, i) =>
            $$$"""{"name":"{{{i}}}","config":{{{config}}},"calls":[{"method":"flush","args":[],"kwargs":{}}]}""")]);

        played.Lines.Take(refused.Length).Should().AllSatisfy(line =>
        {
            line.GetProperty("init").GetProperty("message").GetString().Should().NotBeEmpty();
            line.EnumerateObject().Select(member => member.Name).Should().Equal("name", "init");
        });
        played.Lines.Skip(refused.Length).Should().HaveCount(taken.Length).And.AllSatisfy(line =>
        {
            line.GetProperty("results").GetRawText().Should().Be("""["ok"]""");
            line.EnumerateObject().Select(member => member.Name).Should().Equal("name", "results", "close", "counters");
        });
    }

    [Fact]
    [ParityRow("delivery/run-names", "../../x")]
    public async Task A_name_of_a_run_may_be_any_text()
    {
        string[] names = [" ", "a/b\n", "../../x", new('x', 1000), "ünï 🚀"];

        var played = await PlayAsync([.. names.Select(name => $$"""{"name":{{JsonSerializer.Serialize(name)}},"config":{},"calls":[]}""")]);

        played.Lines.Select(line => line.GetProperty("name").GetString()).Should().Equal(names);
        played.Lines.Should().OnlyContain(line => line.GetProperty("close").GetString() == "ok");
    }

    [Fact]
    public async Task Empty_names_are_the_server_s_to_refuse()
    {
        var played = await PlayAsync(
            """{"name":"","config":{},"calls":[]}""", """{"name":"child","config":{"parent_run_name":"","fork_step":0},"calls":[]}""");

        played.Lines.Select(line => line.GetProperty("init").GetProperty("message").GetString()).Should().SatisfyRespectively(
            run => run.Should().Contain("name of the run is empty"),
            parent => parent.Should().Contain("cannot branch off from"));
    }

    [Fact]
    public async Task Text_that_has_no_UTF_8_is_refused_and_told()
    {
        var played = await PlayAsync(
            """{"name":"half \ud800","config":{},"calls":[]}""",
            """{"name":"whole","config":{},"calls":[{"method":"set_description","args":["half \ud800"],"kwargs":{}},{"method":"half \ud800","args":[],"kwargs":{}},{"method":"set_tags","args":[["\udc00"]],"kwargs":{}},{"method":"log_config","args":[{"\ud800":1}],"kwargs":{}},{"method":"log_std_floats","args":["m","S",1.0,{"\ud800":"v"}],"kwargs":{}},{"method":"flush","args":[],"kwargs":{"\ud800":1}}]}""");

        played.ExitCode.Should().Be(0);
        played.Lines[0].GetProperty("init").GetProperty("raises").GetString().Should().Be("LoggerInitError");
        played.Lines[1].GetProperty("results").EnumerateArray().Select(result => result.GetProperty("raises").GetString()).Should()
            .Equal("ValueError", "NotSupported", "ValueError", "ValueError", "ValueError", "TypeError");
    }

    [Fact]
    public async Task One_script_can_be_played_alone()
    {
        var played = await PlayAsync(
            ["--only", "b"], """{"name":"a","config":{},"calls":[]}""", """{"name":"b","config":{},"calls":[]}""");

        played.ExitCode.Should().Be(0);
        played.Lines.Should().ContainSingle().Which.GetProperty("name").GetString().Should().Be("b");
        (await _server.GetRunsAsync()).Should().ContainSingle(run => run.RunName == "b");
    }

    [Fact]
    public async Task A_line_that_is_no_script_stops_the_play_before_it_begins()
    {
        var played = await PlayAsync("""{"name":"a","config":{},"calls":[]}""", """{"name":"b","config":{},"calls":{}}""");

        played.ExitCode.Should().Be(2);
        played.Error.Should().StartWith("Line 2: 'calls' must be a JSON Array");
        (await _server.GetRunsAsync()).Should().BeEmpty();
    }

    [Theory]
    [InlineData("is missing", "--only", "x")]
    [InlineData("--endpoint needs a value", "--endpoint")]
    [InlineData("'--verbose' is not expected", "--verbose")]
    public async Task Arguments_that_are_wrong_are_told_with_the_usage(string message, params string[] arguments)
    {
        var (exitCode, error) = await RunAsync(arguments);

        exitCode.Should().Be(2);
        error.Should().Contain(message).And.Contain("usage: ");
    }

    private Task<(int ExitCode, List<JsonElement> Lines, string Error)> PlayAsync(params string[] scripts) => PlayAsync([], scripts);

    private async Task<(int ExitCode, List<JsonElement> Lines, string Error)> PlayAsync(string[] more, params string[] scripts)
    {
        var input = Path.Combine(_directory.FullName, "scripts.jsonl");
        var output = Path.Combine(_directory.FullName, "results.jsonl");
        await File.WriteAllLinesAsync(input, scripts);
        var (exitCode, error) = await RunAsync([input, "--endpoint", _server.Endpoint, "--api-key", "any", "--out", output, .. more]);
        var lines = File.Exists(output) ? await File.ReadAllLinesAsync(output) : [];
        return (exitCode, [.. lines.Select(line => JsonDocument.Parse(line).RootElement)], error);
    }

    private static async Task<(int ExitCode, string Error)> RunAsync(string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Metrana.Player.dll"));
        Array.ForEach(arguments, start.ArgumentList.Add);
        using var program = Process.Start(start)!;
        var error = await program.StandardError.ReadToEndAsync();
        await program.WaitForExitAsync();
        return (program.ExitCode, error);
    }
}
