using System.Text.RegularExpressions;
using Metrana.Syvain.Tests.Support;

namespace Metrana.Syvain.Tests;

/// <summary>The collectors that know no service.</summary>
public sealed partial class LocalTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("metrana-syvain-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    [ParityRow("syvain/jsonl", "JsonlCollector", "byte for byte")]
    public async Task A_file_is_the_published_one_byte_for_byte()
    {
        string path = Path.Combine(_folder.FullName, "new", "metrics.jsonl");
        string[] published = File.ReadAllLines(Path.Combine(Vector.Folder, "jsonl_0.0.66.jsonl"));
        await using (JsonlCollector collector = new(path, new CollectorOptions { Clock = new TestClock() }))
        {
            Experiment experiment = await collector.OpenExperimentAsync("run-001");
            experiment.Start();
            experiment.Metric("loss", 0.42, step: 1, new() { ["split"] = "train" });
            experiment.Metric("loss", 1, step: null, timestamp: 1_700_000_000.5);
            experiment.Metric("loss", 1, step: 3, timestamp: 1_700_000_000);
            experiment.Metric("loss", 1e-7, step: 2, new() { ["b"] = new[] { 1, 2 }, ["a"] = "ü" });
            FluentActions.Invoking(() => experiment.Metric("neg", -1, step: -3)).Should().Throw<ArgumentException>();
            experiment.Metric("neg", -1, step: 3);
            experiment.Annotation("checkpoint ü\n", new() { ["path"] = "ckpt.pt" });
            experiment.Done();
            await experiment.FlushOrThrowAsync();
            experiment.Start();
            experiment.Error("RuntimeError", "Traceback (most recent call last):\n  <frames left out>\nRuntimeError: bad\n");
        }

        // Ours takes whole seconds for seconds, and refuses a step below 0. Ids are made at random.
        published[2] = published[2].Replace("1700000000,", "1700000000000,", StringComparison.Ordinal);
        published[4] = published[4].Replace("\"step\":-3", "\"step\":3", StringComparison.Ordinal);
        string ours = File.ReadAllText(path);
        EventId().Matches(ours).Select(id => id.Value).Should().HaveCount(5).And.OnlyHaveUniqueItems();
        EventId().Replace(ours, "ID").Should().Be(EventId().Replace(string.Concat(published.Select(line => $"{line}\n")), "ID"));
    }

    [Fact]
    public async Task A_file_is_appended_to_and_one_that_cannot_be_written_loses_nothing()
    {
        string path = Path.Combine(_folder.FullName, "metrics.jsonl");
        Directory.CreateDirectory(path);
        await using JsonlCollector collector = new(path, new CollectorOptions { Clock = new TestClock(), LoggerFactory = new SilentLoggers() });
        Experiment experiment = await collector.OpenExperimentAsync("run-001");
        experiment.Metric("loss", 1, step: 1);
        (await experiment.FlushAsync()).Should().Match<FlushResult>(result => result.PendingMetrics == 1 && result.Errors[0].Contains(path));
        Directory.Delete(path);
        File.WriteAllText(path, "before\n");
        (await experiment.FlushAsync()).Ok.Should().BeTrue();
        File.ReadAllLines(path).Should().HaveCount(2).And.StartWith("before");
    }

    [Theory]
    [InlineData("unit-test-run", "local_97422b1a7093ddc2")]
    [InlineData("run-001", "local_4438d901484bedfe")]
    [ParityRow("syvain/noop", "NoopCollector", "local_")]
    public async Task A_collector_into_nothing_has_the_published_ids_and_counts(string slug, string id)
    {
        await using NoopCollector collector = new();
        Experiment experiment = await collector.OpenExperimentAsync(slug);
        experiment.Id.Should().Be(id).And.StartWith("local_");
        experiment.Url.Should().Be(new Uri($"local://syvain-metrics/experiments/{id}"));
        await experiment.RunAsync(() =>
        {
            experiment.Metric("loss", 0.42, step: 1);
        });
        experiment.FlushOrThrow().Ok.Should().BeTrue();
        experiment.Flush().Ok.Should().BeTrue();
        experiment.Delivery.Metrics.Should().Be(new DeliveryCount(1, 1, 0, 0));
    }

    [GeneratedRegex("syvain-metrics-collector-[0-9a-f]{32}")]
    private static partial Regex EventId();
}
