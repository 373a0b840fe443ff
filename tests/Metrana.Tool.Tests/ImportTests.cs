using System.Text.Json;
using FluentAssertions;
using Metrana.Mirrors;
using Metrana.Server;
using Metrana.Tool.Tests.Support;
using Xunit;

namespace Metrana.Tool.Tests;

public sealed class ImportTests(RunsFixture runs, EmptyServer empty) : IClassFixture<RunsFixture>, IClassFixture<EmptyServer>
{
    [Theory]
    [InlineData("jsonl")]
    [InlineData("csv")]
    [InlineData("parquet")]
    public async Task What_was_exported_comes_back(string format)
    {
        var file = empty.Place($"back-{format}.{format}");
        (await runs.Tool().RunAsync("export", "ppo-1", "--out", file)).Code.Should().Be(0);

        var result = await empty.Tool().RunAsync("import", file, "--project", format, "--json");

        result.Code.Should().Be(0, result.Error);
        var told = result.Json.GetProperty("runs")[0].GetProperty("points").GetInt64();
        var id = result.Json.GetProperty("runs")[0].GetProperty("id").GetString()!;
        told.Should().Be((await empty.Server.GetRunAsync(id)).Points, "attributes are no points");
        foreach (var metrics in (string[][])[["train/*"], ["eval/loss"], ["reward"]])
        {
            var here = await empty.Tool().RunAsync(["get", $"{format}/ppo-1", .. metrics]);
            var there = await runs.Tool().RunAsync(["get", "ppo-1", .. metrics]);
            here.Rows.Should().BeEquivalentTo(there.Rows);
        }

        if (format == "jsonl")
        {
            var shown = (await empty.Tool().RunAsync("show", "jsonl/ppo-1", "--json")).Json;
            shown.GetProperty("attributes").GetProperty("config/lr").GetDouble().Should().Be(3e-4);
            shown.GetProperty("run").GetProperty("tags")[0].GetString().Should().Be("baseline");
            shown.GetProperty("series").EnumerateArray().Should().Contain(series => series.GetProperty("kind").GetString() == "histogram");
        }
    }

    [Fact]
    public async Task A_table_with_a_column_for_each_metric_is_read()
    {
        var file = empty.File("keras.csv", "epoch,loss,\"val,loss\",timestamp\n0,1.5,,1700000000\n1.0,1.25,nan,1700000001.5\r\n2,1e-3,-inf,1700000002\n");

        var result = await empty.Tool().RunAsync("import", file);

        result.Code.Should().Be(0, result.Error);
        result.Output.Should().StartWith("imported/keras (").And.Contain("5 points");
        (await empty.Tool().RunAsync("get", "keras", "loss")).Rows.Should().BeEquivalentTo(
            (string[][])[["0", "2023-11-14T22:13:20.000Z", "1.5"], ["1", "2023-11-14T22:13:21.500Z", "1.25"], ["2", "2023-11-14T22:13:22.000Z", "0.001"]]);
        result.Error.Should().Contain("'val,loss' is 'val_loss' now");
        (await empty.Tool().RunAsync("get", "keras", "val_loss")).Rows.Select(row => row[2]).Should().Equal("NaN", "-Infinity");
    }

    [Fact]
    public async Task Steps_that_come_late_or_twice_count_once_with_their_last_value()
    {
        var file = empty.File("late.jsonl", """
            {"step": 5, "loss": 1}
            {"step": 3, "loss": 2}

            {"step": 5, "loss": 4}
            """);

        (await empty.Tool().RunAsync("import", file, "--name", "late", "--project", "p")).Code.Should().Be(0);

        (await empty.Tool().RunAsync("get", "p/late", "loss")).Rows.Select(row => (row[0], row[2])).Should().Equal(("3", "2"), ("5", "4"));
    }

    [Theory]
    [InlineData("a.csv", "step,loss\n0,1\n1,much\n", "line 3: loss is 'much'")]
    [InlineData("b.csv", "step,loss\n0,1\n1\n", "line 3: 1 fields")]
    [InlineData("c.csv", "step,loss\n-1,1\n", "line 2: step is '-1'")]
    [InlineData("d.csv", "step,loss\n0,\"1\n", "a quote is opened")]
    [InlineData("e.csv", "step,loss,loss\n0,1,1\n", "two columns are called 'loss'")]
    [InlineData("f.csv", "", "is empty")]
    [InlineData("g.jsonl", "{\"step\":0,\"loss\":1}\n{\"step\":1,\"loss\":[]}\n", "line 2: loss is []")]
    [InlineData("h.jsonl", "{\"step\":0,\"loss\":1}\n{\"step\"", "line 2:")]
    [InlineData("i.jsonl", "\n\n", "nothing to import")]
    [InlineData("j.txt", "what", "--format")]
    [InlineData("k.parquet", "what", "no Parquet file")]
    [InlineData("l.jsonl", "{\"kind\":\"start\",\"time\":1,\"project\":\"p\",\"name\":\"n\"}\n{\"kind\":\"points\",\"metric\":\"m\",\"steps\":[0],\"values\":[1,2],\"timestamps\":[1,1]}\n", "line 2: it has 2 values, 1 steps")]
    public async Task A_file_that_cannot_be_read_changes_nothing_and_says_where(string name, string text, string said)
    {
        var file = empty.File(name, text);
        var before = (await empty.Server.GetRunsAsync()).Count;

        var result = await empty.Tool().RunAsync("import", file);

        result.Code.Should().Be(2);
        result.Error.Should().Contain(said);
        (await empty.Server.GetRunsAsync()).Should().HaveCount(before);
    }

    [Fact]
    public async Task Sets_of_points_are_read_from_json_lines()
    {
        var file = empty.File("scatters.jsonl", """
            {"type":"scatter","run":"p/s","metric":"plane","scale":"ML_STEP","labels":{},"step":3,"timestamp_millis":7,"xs":[1,2],"ys":[3,4.5],"zs":null}
            {"type":"scatter","run":"p/s","metric":"space","scale":"ML_STEP","labels":{"split":"test"},"step":4,"timestamp_millis":8,"xs":[1],"ys":[2],"zs":[3]}
            """);

        var result = await empty.Tool().RunAsync("import", file, "--json");

        result.Code.Should().Be(0, result.Error);
        var id = result.Json.GetProperty("runs")[0].GetProperty("id").GetString()!;
        var series = await empty.Server.GetSeriesAsync(id);
        var plane = await empty.Server.GetScattersAsync(id, series.Single(one => one.Metric == "plane").Id);
        plane.Should().BeEquivalentTo([new StoredScatter { Step = 3, TimestampMillis = 7, Xs = [1, 2], Ys = [3, 4.5] }]);
        var space = series.Single(one => one.Metric == "space");
        (space.Labels["split"], space.Kind).Should().Be(("test", SeriesKind.Scatter3D));
        (await empty.Server.GetScattersAsync(id, space.Id)).Single().Zs.Should().Equal(3);
    }

    [Fact]
    public async Task What_a_mirror_wrote_becomes_the_run_that_it_mirrored()
    {
        var file = empty.Place("mirror.jsonl");

        // Where none is given, a mirror notes a time of its own.
        var at = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123);
        await using (var run = await runs.StartAsync("mirrored", "walker", options => options.Mirrors = [new JsonlMirror(file)]))
        {
            run.LogConfig(new { lr = 0.1, deep = new { on = true } });
            run.Log("loss", [1.5, double.NaN, double.PositiveInfinity], labels: [("gpu", "0")], timestamp: at);
            run.LogEnvironmentStep("reward", new double[] { 1, 2, 3, 4 }, 3, ["env-0", "env-1"], width: 2, episodes: Native.Episodes.PerEnvironment([4, 5]), timestamp: at);
            run.LogHistogram("h", [0.0, 1.0, 2.0], [3L, 4L], step: 1, timestamp: at);
            run.LogScatter("s", [1.0], [2.0], step: 2, titles: new Native.AxisTitles { X = "time", Y = "place" }, timestamp: at);
            run.Tags.Add("kept", "lost");
            run.Tags.Remove("lost");
            run.SetDescription("what for");
            run.Annotate("lowered", new Dictionary<string, object?> { ["by"] = 10L }, step: 9);
            run.LogEnvironmentAttributes("env-1", new Dictionary<string, object?> { ["seed"] = 7L }, episode: 5);
            run.Fail("out of luck");
        }

        var result = await empty.Tool().RunAsync("import", file);

        result.Code.Should().Be(0, result.Error);
        var (there, here) = (await ExportAsync(runs.Tool(), "mirrored/walker"), await ExportAsync(empty.Tool(), "mirrored/walker"));
        here.Skip(1).Should().BeEquivalentTo(there.Skip(1));
        here.Should().HaveCount(1 + 3 + 4 + 1 + 1);
        var (run1, run2) = (JsonDocument.Parse(there[0]).RootElement, JsonDocument.Parse(here[0]).RootElement);
        Attributes(run2).Should().BeEquivalentTo(Attributes(run1)).And.Contain(pair => pair.EndsWith("/metadata/by = 10", StringComparison.Ordinal));
        run2.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()).Should().Equal("kept");
        var imported = (await empty.Server.FindRunAsync("walker", "local", "mirrored"))!;
        (imported.Status, imported.CloseMessage).Should().Be((RunStatus.Failed, (await runs.Server.FindRunAsync("walker", "local", "mirrored"))!.CloseMessage));
        (await empty.Server.GetEnvironmentsAsync(imported.RunId)).Should().BeEquivalentTo(
            await runs.Server.GetEnvironmentsAsync((await runs.Server.FindRunAsync("walker", "local", "mirrored"))!.RunId));
    }

    private static async Task<string[]> ExportAsync(TestTool tool, string run)
    {
        var result = await tool.RunAsync("export", run, "--format", "jsonl");
        result.Code.Should().Be(0, result.Error);
        return result.Lines;
    }

    private static IEnumerable<string> Attributes(JsonElement run) => run.GetProperty("attributes").EnumerateObject()
        .Where(one => !one.Name.StartsWith("sys/", StringComparison.Ordinal) || one.Name == "sys/description")
        .Select(one => $"{one.Name} = {one.Value}");

    [Fact]
    public async Task A_run_that_is_there_is_gone_on_with_only_when_asked()
    {
        var first = empty.File("grown.csv", "step,loss\n0,1\n1,2\n");
        var more = empty.File("more/grown.csv", "step,loss\n2,3\n");
        (await empty.Tool().RunAsync("import", first)).Code.Should().Be(0);
        var refused = await empty.Tool().RunAsync("import", more);
        (refused.Code, refused.Error.Contains("--resume", StringComparison.Ordinal)).Should().Be((1, true));

        (await empty.Tool().RunAsync("import", more, "--resume")).Code.Should().Be(0);

        (await empty.Tool().RunAsync("get", "grown", "loss")).Rows.Select(row => row[2]).Should().Equal("1", "2", "3");
        (await empty.Tool().RunAsync("import", empty.Place("nothing.csv"))).Code.Should().Be(3);
    }
}
