using System.Text.Json;
using Metrana.Mirrors;

namespace Metrana.Tests;

/// <summary>The lines that a run leaves in a file.</summary>
public sealed class JsonlMirrorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("metrana-jsonl").FullName;

    private string File => Path.Combine(_folder, "deeper", "run.jsonl");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Each_record_is_a_line_of_json()
    {
        DateTimeOffset at = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123);
        Run run = Run.InMemory(mirrors: [new JsonlMirror(File)]);
        run.LogConfig(new { lr = 0.1, name = "größe \"1\"\n", day = new DateOnly(2026, 1, 2), none = (string?)null, deep = new { on = true } });
        run.Log("loss", [1.5, double.NaN, double.PositiveInfinity], labels: [("gpu", "0")], timestamp: at);
        run.LogEnvironmentStep("reward", [1f, 2f], rlStep: 3, environments: ["a", "b"], episodes: Native.Episodes.PerEnvironment([4, 5]), timestamp: at);
        run.LogHistogram("h", [1.0, 2.0], [5], step: 1, timestamp: at);
        run.LogScatter("s", [1.0], [2.0], [3.0], step: 2, titles: new Native.AxisTitles { X = "x", Y = "y", Z = "z" }, timestamp: at);
        run.Tags.Add("t");
        run.SetDescription("d");
        run.Annotate("mark", step: 9);
        run.LogEnvironmentAttributes("a", new Dictionary<string, object?> { ["seed"] = 7L });
        run.Fail("why");
        run.Close();
        string[] lines = System.IO.File.ReadAllLines(File);

        lines.Select(Kind).Should().Equal(
            "start", "attributes", "points", "rl_points", "histogram", "scatter", "tags", "description", "annotation",
            "environment_attributes", "end");
        lines[1].Should().EndWith(
            """"values":{"config/lr":0.1,"config/name":"größe \"1\"\n","config/day":"2026-01-02","config/none":null,"config/deep/on":true}}"""");
        lines[2].Should().EndWith(
            """"metric":"loss","scale":"ML_STEP","labels":{"gpu":"0"},"steps":[0,1,2],"values":[1.5,"NaN","Infinity"],"timestamps":[1700000000123,1700000000123,1700000000123]}"""");
        lines[3].Should().EndWith(
            """"rl_step":3,"environments":["a","b"],"width":1,"episodes":[4,5],"steps":[0,0],"values":[1,2],"timestamps":[1700000000123,1700000000123]}"""");
        lines[4].Should().EndWith(""""step":1,"timestamp":1700000000123,"edges":[1,2],"counts":[5]}"""");
        lines[5].Should().EndWith(""""xs":[1],"ys":[2],"zs":[3],"x_title":"x","y_title":"y","z_title":"z"}"""");
        lines[9].Should().EndWith(""""environment":"a","values":{"seed":7}}"""");
        lines[^1].Should().EndWith(""""outcome":"failed","message":"why"}"""");
    }

    [Fact]
    public void Densities_are_written_beside_empty_counts()
    {
        using (Run run = Run.InMemory(mirrors: [new JsonlMirror(File)]))
        {
            run.LogHistogram("dense", Native.Histogram.OfDensities(new[] { 1.0, 3.0 }, new[] { 0.5 }), step: 1);
        }

        System.IO.File.ReadAllLines(File)[1].Should().EndWith(""""edges":[1,3],"counts":[],"densities":[0.5]}"""");
    }

    [Fact]
    public void A_file_goes_on_with_the_next_run()
    {
        for (int i = 0; i < 2; i++)
        {
            using Run run = Run.InMemory(mirrors: [new JsonlMirror(File)]);
            run.Log("loss", 1.0);
        }

        System.IO.File.ReadAllLines(File).Select(Kind).Should().Equal("start", "points", "end", "start", "points", "end");
    }

    [Fact]
    public void A_file_that_cannot_be_written_costs_the_run_nothing()
    {
        Run run = Run.InMemory(mirrors: [new JsonlMirror(_folder)]);
        run.Log("loss", 1.0);
        run.Close();

        run.Recording.Points.Should().ContainSingle();
        run.Mirrors.Should().Equal(new MirrorDelivery { Mirror = "jsonl", Added = 1, Dropped = 1 });
    }

    [Fact]
    public void A_path_is_needed() => FluentActions.Invoking(() => new JsonlMirror(" ")).Should().Throw<ArgumentException>();

    private static string Kind(string line) => JsonDocument.Parse(line).RootElement.GetProperty("kind").GetString()!;
}
