using System.Text.Json;
using Metrana.Mirrors;
using Metrana.Syvain.Tests.Support;

namespace Metrana.Syvain.Tests;

/// <summary>Two destinations at once, one of which is dead for as long as the run goes.</summary>
public sealed class TwoDestinationsTests : IDisposable
{
    private const int Calls = 1000;
    private const int Width = 1000;

    private readonly StandIn _dead = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("metrana-syvain-");

    public void Dispose()
    {
        _dead.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    [ParityRow("syvain/dead", "never answers", "bounded")]
    public async Task One_that_never_answers_costs_the_other_nothing()
    {
        _dead.Before = request => request.IsIngest ? PeerAnswer.Never : null;
        string path = Path.Combine(_folder.FullName, "run.jsonl");

        // Ten minutes of silence are ten tries of a minute. Here a try is a few milliseconds, and the silence lasts for all of them.
        TestClock clock = new();
        SyvainMirror dead = new(_dead.Options(clock) with
        {
            IngestTimeout = TimeSpan.FromMilliseconds(20),
            CloseTimeout = TimeSpan.FromMilliseconds(20),
        });
        Run run = Run.InMemory(mirrors: [dead, new JsonlMirror(path)]);
        double[] values = new double[Width];
        long most = 0;
        for (int i = 0; i < Calls; i++)
        {
            run.Log("loss", values);

            // What the dead one holds is bounded by its queue, in points of 24 bytes, and by the one call that it is at.
            most = Math.Max(most, run.Mirrors[0].Pending);
            if (i % 100 == 0)
            {
                await Eventually.ShouldAsync(() => run.Mirrors[1].Pending == 0, "the other one has its points");
            }
        }

        await Eventually.ShouldAsync(() => _dead.Requests.Count(request => request.IsIngest) >= 30, "it is tried ten times");
        run.Mirrors[0].Should().Match<MirrorDelivery>(one => one.Written == 0 && one.Dropped > 0 && one.Added == (long)Calls * Width && one.Added == one.Dropped + one.Pending);
        most.Should().BeLessThanOrEqualTo((16 << 20) / 24, "memory is bounded");
        dead.Delivery.Metrics.Pending.Should().BeLessThanOrEqualTo(100_000, "its own queue is bounded too");
        dead.Delivery.Metrics.Dropped.Should().Be(0, "and nothing is lost in it that the run does not count");
        await Eventually.ShouldAsync(() => run.Mirrors[1].Pending == 0, "the other one has its points");
        run.Mirrors[1].Should().Match<MirrorDelivery>(one => one.Written == (long)Calls * Width && one.Dropped == 0);
        run.Close(TimeSpan.FromSeconds(1));

        // The loop never waits: it never answers, and yet all calls have returned. The run says the same of its counts.
        File.ReadLines(path).Select(line => JsonDocument.Parse(line).RootElement).Where(line => line.GetProperty("kind").GetString() == "points")
            .Sum(line => line.GetProperty("values").GetArrayLength()).Should().Be(Calls * Width);
        run.Delivery.Added.Should().Be((long)Calls * Width);
    }

    [Fact]
    public async Task Two_collectors_do_not_know_of_each_other()
    {
        _dead.Before = request => request.IsIngest ? PeerAnswer.Never : null;
        await using Collector gone = new(_dead.Options(new TestClock()) with { MaxQueueItems = 50, CloseTimeout = TimeSpan.FromMilliseconds(20) });
        await using JsonlCollector file = new(Path.Combine(_folder.FullName, "m.jsonl"), new CollectorOptions { Clock = new TestClock() });
        Experiment lost = await gone.OpenExperimentAsync("r");
        Experiment kept = await file.OpenExperimentAsync("r");
        for (int i = 0; i < 1000; i++)
        {
            lost.Metric("m", i, step: i);
            kept.Metric("m", i, step: i);
            lost.Delivery.Metrics.Pending.Should().BeLessThanOrEqualTo(50);
        }

        (await kept.FlushOrThrowAsync()).DeliveredMetrics.Should().Be(1000);
        lost.Delivery.Metrics.Should().Be(new DeliveryCount(1000, 0, 950, 50));
    }
}
