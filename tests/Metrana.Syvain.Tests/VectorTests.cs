using System.Text.Json.Nodes;
using Metrana.Syvain.Tests.Support;

namespace Metrana.Syvain.Tests;

/// <summary>
/// Every exchange that was recorded of the published collector, made again by ours against a peer that answers alike. Where ours
/// does something else on purpose, the test says what.
/// </summary>
public sealed class VectorTests
{
    private static readonly Dictionary<string, Func<Replay, Task>> _scenarios = new()
    {
        ["v1_basic"] = BasicAsync,
        ["v1_batches"] = BatchesAsync,
        ["v1_background"] = BackgroundAsync,
        ["v1_retry500_then_ok"] = RetryAsync,
        ["v1_bad400"] = BadAsync,
        ["v1_bad_envelope"] = BadEnvelopeAsync,
        ["v1_best_effort400"] = BestEffortAsync,
        ["v1_conn_drop"] = ConnectionDropAsync,
        ["v1_create_fails"] = CreateFailsAsync,
        ["v1_done_pending_order"] = DonePendingAsync,
        ["v1_error_status"] = ErrorStatusAsync,
        ["v1_folder_id"] = FolderIdAsync,
        ["v1_folder_path"] = FolderPathAsync,
        ["v1_idem_in_progress"] = InProgressAsync,
        ["v1_key_renewal"] = KeyRenewalAsync,
        ["v1_lifecycle"] = LifecycleAsync,
        ["v1_queue_limit"] = QueueLimitAsync,
        ["v1_retry_limit"] = RetryLimitAsync,
        ["v1_status_fail"] = StatusFailsAsync,
        ["v1_auth401"] = Auth401Async,
        ["v1_auth403_always"] = Auth403Async,
        ["v1_annot_fail"] = AnnotationFailsAsync,
    };

    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(Vector.Folder, "v1_*.json").Select(file => Path.GetFileNameWithoutExtension(file)).Order()];

    /// <summary>The files that are no exchange of version 0.0.66, and why they are not replayed here.</summary>
    private static readonly Dictionary<string, string> _others = new()
    {
        ["jsonl_0.0.66.jsonl"] = "LocalTests compares a file of ours with it",
        ["jsonl_0.0.352.jsonl"] = "a later version's file, syvain/jsonl-later",
        ["v2_open_and_events.json"] = "a later version's interface, whose answers are not known: syvain/v2",
    };

    [Fact]
    public void Every_file_is_replayed_or_has_a_reason_why_not() =>
        Directory.EnumerateFiles(Vector.Folder).Select(file => Path.GetFileName(file)).Should().BeEquivalentTo(
            [.. _scenarios.Keys.Select(file => $"{file}.json"), .. _others.Keys]);

    [Theory]
    [MemberData(nameof(Files))]
    [ParityRow("syvain/wire", "headers", "idempotency-key")]
    public async Task A_vector_is_made_again(string file)
    {
        // The requests, their headers and the repeats of an idempotency-key are compared one by one.
        using Replay replay = new(new Vector(file));
        await _scenarios[file](replay).WaitAsync(TimeSpan.FromSeconds(60));
        replay.Compare();
    }

    private static async Task<Experiment> OpenAsync(Collector collector) => await collector.OpenExperimentAsync("r");

    private static async Task BasicAsync(Replay replay)
    {
        await using Collector collector = new(replay.Options);
        Experiment experiment = await collector.OpenExperimentAsync("run-001", new ExperimentOptions
        {
            Description = "d",
            Meta = new() { ["model"] = "m", ["seed"] = 7, ["config"] = new Dictionary<string, object?> { ["lr"] = 0.0003 } },
        });
        experiment.Url.Should().Be(new Uri($"{replay.Options.Host}/dashboard/experiments/exp_0001"));

        // The published one takes whole seconds for milliseconds, and so for a day of January 1970.
        replay.Expect = (at, request) =>
        {
            if (at == 2)
            {
                request["body"]!["data"]![3]!["timestamp_ms"] = 1_700_000_000_000;
            }
        };
        await experiment.RunAsync(() =>
        {
            experiment.Metric("loss", 1, step: 0, new() { ["split"] = "train" });
            experiment.Metric("loss", 0.5, step: 1, new() { ["split"] = "train" }, timestamp: 1_700_000_000.25);
            experiment.Metric("loss", 0.25, step: 2, timestamp: 1_700_000_000_250);
            experiment.Metric("loss", 0.125, step: 3, timestamp: 1_700_000_000);
            experiment.Metric("loss", double.NaN, step: 4);
            experiment.Metric("loss", 0.125, step: null);
            experiment.Annotation("saved", new() { ["path"] = "x.pt" });
            experiment.Annotation("second");
            return Task.CompletedTask;
        });
        experiment.Delivery.Should().Be(new ExperimentDelivery(new(5, 5, 0, 0), new(2, 2, 0, 0), new(1, 1, 0, 0), NonFinite: 1));
    }

    private static async Task BatchesAsync(Replay replay)
    {
        await using Collector collector = new(replay.Options);
        Experiment experiment = await OpenAsync(collector);
        for (int i = 0; i < 1203; i++)
        {
            experiment.Metric("m", i, step: i);
        }

        for (int i = 0; i < 3; i++)
        {
            experiment.Annotation($"a{i}");
        }

        (await experiment.FlushAsync()).Should().Match<FlushResult>(result => result.Ok && result.DeliveredMetrics == 1203 && result.DeliveredAnnotations == 3);
    }

    private static async Task BackgroundAsync(Replay replay)
    {
        await using Collector collector = new(replay.Options);
        Experiment experiment = await OpenAsync(collector);
        experiment.Metric("m", 1, step: 1);
        experiment.Metric("m", 2, step: 2);
        await replay.Clock.FireAfterAsync(1);
        await Eventually.ShouldAsync(() => experiment.Delivery.Metrics.Pending == 0, "both are delivered without a flush");
        replay.Clock.Lingers[0].Should().Be(0.25);
    }

    private static async Task RetryAsync(Replay replay)
    {
        await using Collector collector = new(replay.Options);
        Experiment experiment = await OpenAsync(collector);
        experiment.Metric("m", 1, step: 1);
        (await experiment.FlushAsync()).Ok.Should().BeTrue();
        replay.Clock.Pauses.Should().Equal(0.25, 0.5);
    }

    private static async Task BadAsync(Replay replay)
    {
        await using Collector collector = new(replay.Options);
        Experiment experiment = await OpenAsync(collector);
        for (int i = 0; i < 2; i++)
        {
            experiment.Metric("m", 1, step: 1);
            (await experiment.FlushAsync()).Should().Match<FlushResult>(result => !result.Ok && result.PermanentFailures == 1 && result.DroppedMetrics == 1);
        }
    }

    private static async Task BadEnvelopeAsync(Replay replay)
    {
        await using Collector collector = new(replay.Options);
        Experiment experiment = await OpenAsync(collector);
        experiment.Metric("m", 1, step: 1);
        (await experiment.FlushAsync()).DroppedMetrics.Should().Be(1);
        experiment.Metric("m", 1, step: 1);
        (await experiment.FlushAsync()).Should().Match<FlushResult>(result => result.PendingMetrics == 1 && result.RetryableFailures == 1);
        experiment.Metric("m", 1, step: 1);
        (await experiment.FlushAsync()).DroppedMetrics.Should().Be(2);
        experiment.Metric("m", 1, step: 1);
        (await experiment.FlushAsync()).Errors.Should().ContainSingle(error => error.EndsWith("m: d", StringComparison.Ordinal));
        replay.Clock.Pauses.Should().BeEmpty();
    }

    private static async Task BestEffortAsync(Replay replay)
    {
        await using Collector collector = new(replay.Options with { MaxRetries = 0 });
        Experiment experiment = await OpenAsync(collector);
        await using (experiment.Run())
        {
            experiment.Metric("m", 1, step: 1);
        }

        experiment.Delivery.Metrics.Should().Be(new DeliveryCount(1, 1, 0, 0));
    }

    private static async Task ConnectionDropAsync(Replay replay)
    {
        replay.Answer = at => at == 2 ? PeerAnswer.Drop : null;
        await using Collector collector = new(replay.Options);
        Experiment experiment = await OpenAsync(collector);
        experiment.Metric("m", 1, step: 1);
        FlushResult result = await experiment.FlushAsync();
        result.Ok.Should().BeTrue(string.Join('\n', result.Errors));
        replay.Clock.Pauses.Should().Equal(0.25);
    }

    private static async Task CreateFailsAsync(Replay replay)
    {
        await using Collector collector = new(replay.Options);
        await FluentActions.Awaiting(() => OpenAsync(collector)).Should().ThrowAsync<CollectorException>().WithMessage("*401*scripted failure*");
        await FluentActions.Awaiting(() => OpenAsync(collector)).Should().ThrowAsync<CollectorException>().WithMessage("*500*");
        replay.Clock.Pauses.Should().Equal(0.25, 0.5);
    }

    private static async Task DonePendingAsync(Replay replay)
    {
        await using Collector collector = new(replay.Options);
        Experiment experiment = await OpenAsync(collector);
        experiment.Metric("m", 1, step: 1);
        experiment.Done();
        (await experiment.FlushAsync()).Should().Match<FlushResult>(result => result.PendingMetrics == 1 && result.PendingStatuses == 1);
        (await experiment.FlushAsync()).Should().Match<FlushResult>(result => result.Ok && result.DeliveredStatuses == 1);
    }

    private static async Task ErrorStatusAsync(Replay replay)
    {
        await using Collector collector = new(replay.Options);
        Experiment experiment = await OpenAsync(collector);
        experiment.Start();
        experiment.Metric("m", 1, step: 1);
        experiment.Error("ValueError", (string)replay.Vector.RequestAt(3)["body"]!["error"]!["detail"]!);
        await experiment.FlushOrThrowAsync();
    }

    private static async Task FolderIdAsync(Replay replay)
    {
        await using Collector collector = new(replay.Options);
        await collector.OpenExperimentAsync("r", new() { FolderId = "11111111-1111-1111-1111-111111111111" });
    }

    private static async Task FolderPathAsync(Replay replay)
    {
        await using Collector collector = new(replay.Options);
        await collector.OpenExperimentAsync("r", new() { FolderPath = "/runs" });
        await FluentActions.Awaiting(() => collector.OpenExperimentAsync("r2", new() { FolderPath = "/nope" }))
            .Should().ThrowAsync<CollectorException>().WithMessage("*no folder /nope*");
    }

    private static async Task InProgressAsync(Replay replay)
    {
        await using Collector collector = new(replay.Options);
        Experiment experiment = await OpenAsync(collector);
        experiment.Metric("m", 1, step: 1);
        (await experiment.FlushAsync()).Ok.Should().BeTrue();
        replay.Clock.Pauses.Should().Equal(0.5, 0.5, 0.5);
    }

    private static async Task KeyRenewalAsync(Replay replay)
    {
        await using Collector collector = new(replay.Options);
        Experiment experiment = await OpenAsync(collector);
        for (int i = 0; i < 2; i++)
        {
            experiment.Metric("m", 1, step: 1);
            (await experiment.FlushAsync()).Ok.Should().BeTrue();
        }
    }

    private static async Task LifecycleAsync(Replay replay)
    {
        await using Collector collector = new(replay.Options);
        Experiment experiment = await OpenAsync(collector);
        experiment.Start();
        Experiment second = await collector.OpenExperimentAsync("r2");
        FluentActions.Invoking(() => second.Start()).Should().Throw<InvalidOperationException>().WithMessage("*'r' is active*");
        (await collector.OpenExperimentAsync("r", new() { Description = "not looked at" })).Should().BeSameAs(experiment);
        experiment.Metric("m", 1, step: 1);
        experiment.Done();
        await experiment.FlushOrThrowAsync();
        experiment.Start();
        experiment.Metric("m", 2, step: 2);
        experiment.Done();
        await experiment.FlushOrThrowAsync();
    }

    private static async Task QueueLimitAsync(Replay replay)
    {
        await using Collector collector = new(replay.Options with { MaxQueueItems = 5 });
        Experiment experiment = await OpenAsync(collector);
        for (int i = 0; i < 4; i++)
        {
            experiment.Annotation($"a{i}");
        }

        for (int i = 0; i < 4; i++)
        {
            experiment.Metric("m", i, step: i);
        }

        (await experiment.FlushAsync()).DroppedMetrics.Should().Be(3);
    }

    private static async Task RetryLimitAsync(Replay replay)
    {
        await using Collector collector = new(replay.Options with { MaxRetries = 1 });
        Experiment experiment = await OpenAsync(collector);
        experiment.Metric("m", 1, step: 1);
        (await experiment.FlushAsync()).PendingMetrics.Should().Be(1);
        (await experiment.FlushAsync()).Should().Match<FlushResult>(result => result.PendingMetrics == 0 && result.DroppedMetrics == 1 && !result.Ok);
    }

    private static async Task StatusFailsAsync(Replay replay)
    {
        await using Collector collector = new(replay.Options);
        Experiment experiment = await OpenAsync(collector);
        experiment.Start();
        (await experiment.FlushAsync()).Should().Match<FlushResult>(result => result.DroppedStatuses == 1 && result.PermanentFailures == 1);
    }

    private static async Task Auth401Async(Replay replay)
    {
        await using Collector collector = new(replay.Options);
        Experiment experiment = await OpenAsync(collector);
        experiment.Metric("m", 1, step: 1);
        (await experiment.FlushAsync()).Ok.Should().BeTrue();
    }

    private static async Task Auth403Async(Replay replay)
    {
        Collector collector = new(replay.Options);
        Experiment experiment = await OpenAsync(collector);
        experiment.Metric("m", 1, step: 1);
        (await experiment.FlushAsync()).Should().Match<FlushResult>(result => result.PendingMetrics == 1 && result.RetryableFailures == 1);
        (await experiment.FlushAsync()).PendingMetrics.Should().Be(1);

        // It goes on for ever, and the file ends here.
        replay.Compare();
    }

    private static async Task AnnotationFailsAsync(Replay replay)
    {
        // The published one sends an annotation that failed with another key, and has it twice where only the answer was lost.
        JsonNode first = replay.Vector.RequestAt(2)["headers"]!["idempotency-key"]!;
        replay.Expect = (at, request) =>
        {
            if (at == 5)
            {
                request["headers"]!["idempotency-key"] = first.DeepClone();
            }
        };
        await using Collector collector = new(replay.Options);
        Experiment experiment = await OpenAsync(collector);
        for (int i = 0; i < 3; i++)
        {
            experiment.Annotation($"a{i}");
        }

        (await experiment.FlushAsync()).PendingAnnotations.Should().Be(3);
        (await experiment.FlushAsync()).Should().Match<FlushResult>(result => result.Ok && result.DeliveredAnnotations == 3);
    }
}
