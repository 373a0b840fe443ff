using System.Text.Json;
using Metrana.Mirrors;
using Metrana.Syvain.Tests.Support;

namespace Metrana.Syvain.Tests;

/// <summary>A run and its mirror.</summary>
public sealed class MirrorTests : IDisposable
{
    private readonly StandIn _service = new();
    private readonly TestClock _clock = new();

    public void Dispose() => _service.Dispose();

    [Fact]
    [ParityRow("syvain/mirror", "SyvainMirror", "metadata", "annotations")]
    public void What_a_run_logs_arrives()
    {
        SyvainMirror mirror = new(_service.Options(_clock)) { Slug = "walker", Experiment = new() { Meta = new() { ["gpu"] = "a" } } };
        Run run = Run.InMemory(mirrors: [mirror]);
        run.LogConfig(new { lr = 0.1, layers = new[] { 64, 32 }, limit = double.PositiveInfinity });
        run.Tags.Set("x", "y");
        run.SetDescription("sweep");
        run.Annotate("before any metric");
        run.Log("loss", [3.0, 2.0], labels: [("split", "train")]);
        run.Log("loss", double.NaN);
        run.Series("accuracy", "EPOCH").Log(0.5);
        run.LogHistogram("h", [1.0, 2.0], [5], step: 1);
        run.RlSeries("entropy").Log([1.0, 2.0, 3.0, 4.0], 5, ["a", "b"], width: 2);
        run.Annotate("checkpoint", new Dictionary<string, object?> { ["path"] = "a.pt" }, step: 4);
        run.LogConfig(new { lr = 0.2 });
        run.Fail("diverged");
        run.Close();

        // What came before the first metric is metadata; what came after it, annotations.
        JsonElement opened = _service.Requests[0].Json;
        opened.GetProperty("slug").GetString().Should().Be("walker");
        opened.GetProperty("description").GetString().Should().Be("sweep");
        JsonElement meta = opened.GetProperty("metadata");
        meta.GetProperty("gpu").GetString().Should().Be("a");
        meta.GetProperty("name").GetString().Should().Be(run.Name);
        meta.GetProperty("config").GetProperty("lr").GetDouble().Should().Be(0.1);
        meta.GetProperty("config").GetProperty("layers").GetProperty("1").GetInt32().Should().Be(32);
        meta.GetProperty("config").GetProperty("limit").ValueKind.Should().Be(JsonValueKind.Null, "JSON has no form for it");
        meta.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()).Should().BeEquivalentTo("x", "y");
        var metrics = _service.Requests.Where(request => request.IsIngest).SelectMany(request => request.Json.GetProperty("data").EnumerateArray()).ToList();
        metrics.Select(one => (one.GetProperty("name").GetString(), one.GetProperty("value").GetDouble(), one.GetProperty("step").GetInt64(), one.GetProperty("metadata").GetRawText()))
            .Should().Equal(
                ("loss", 3.0, 0, """{"split":"train"}"""),
                ("loss", 2.0, 1, """{"split":"train"}"""),
                ("accuracy", 0.5, 0, """{"scale":"EPOCH"}"""),
                ("entropy", 2.5, 5, """{"scale":"ENVIRONMENT_STEP"}"""));
        metrics.Should().OnlyContain(one => one.GetProperty("timestamp_ms").GetInt64() > 1_700_000_000_000);
        _service.Annotations.Should().Equal("before any metric", "checkpoint", "attributes");
        _service.Requests[^1].Json.GetProperty("error").GetProperty("detail").GetString().Should().Be("diverged");
        (mirror.LeftOut, mirror.Delivery.NonFinite).Should().Be((1, 1));
        run.Mirrors[0].Should().Match<MirrorDelivery>(one => one.Written == one.Added && one.Dropped == 0);
    }

    [Fact]
    public void Each_environment_can_have_lines_of_its_own()
    {
        SyvainMirror mirror = new(_service.Options(_clock)) { EveryEnvironment = true };
        Run run = Run.InMemory(mirrors: [mirror]);
        run.RlSeries("entropy").Log([1.0, 2.0, 3.0, 4.0], 5, ["a", "b"], width: 2);
        run.Close();
        _service.Requests.Where(request => request.IsIngest).SelectMany(request => request.Json.GetProperty("data").EnumerateArray())
            .Select(one => (one.GetProperty("value").GetDouble(), one.GetProperty("step").GetInt64(), one.GetProperty("metadata").GetProperty("environment").GetString()))
            .Should().Equal((1.0, 0, "a"), (2.0, 1, "a"), (3.0, 0, "b"), (4.0, 1, "b"));
    }

    [Fact]
    public async Task A_service_that_is_away_at_the_start_gets_everything_later()
    {
        bool away = true;
        _service.Before = _ => away ? PeerAnswer.Error(503) : null;
        SyvainMirror mirror = new(_service.Options(_clock) with { MaxQueueItems = 10 });
        Run run = Run.InMemory(mirrors: [mirror]);
        run.LogConfig(new { lr = 0.1 });
        for (int i = 0; i < 100; i++)
        {
            run.Log("loss", i);
        }

        await Eventually.ShouldAsync(() => _service.Requests.Count > 6, "it is tried for the third time");
        run.Mirrors[0].Should().Match<MirrorDelivery>(one => one.Dropped == 0 && one.Pending >= 100);
        away = false;
        await run.CloseAsync();
        _service.Metrics.Should().HaveCount(100);
        _service.Statuses[^1].Should().Be("done");
        mirror.Delivery.Metrics.Should().Be(new DeliveryCount(100, 100, 0, 0), "the small queue was never asked to take more than it can");
    }

    [Fact]
    public async Task A_collector_of_the_program_may_write_to_a_file_and_stays_open()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("metrana-syvain-");
        await using (JsonlCollector collector = new(Path.Combine(folder.FullName, "m.jsonl"), new CollectorOptions { Clock = _clock }))
        {
            Run run = Run.InMemory(mirrors: [new SyvainMirror(collector)]);
            run.Log("loss", 1.0);
            run.Close();
            File.ReadAllLines(collector.FilePath).Should().HaveCount(3, "a metric, and that it runs, and is done");
            collector.Experiments.Should().ContainSingle().Which.Delivery.Metrics.Delivered.Should().Be(1);
        }

        folder.Delete(recursive: true);
    }
}
