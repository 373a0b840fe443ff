using Metrana.Syvain.Tests.Support;

namespace Metrana.Syvain.Tests;

/// <summary>What the published collector gets wrong, each with a test of its name: ours does not.</summary>
public sealed class DefectTests : IDisposable
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(60);

    private readonly StandIn _service = new();
    private readonly TestClock _clock = new();

    public void Dispose() => _service.Dispose();

    [Theory]
    [InlineData(1_700_000_000L, 1_700_000_000_000L)]
    [InlineData(9_999_999_999L, 9_999_999_999_000L)]
    [InlineData(10_000_000_000L, 10_000_000_000L)]
    [InlineData(0L, 0L)]
    [ParityRow("syvain/timestamps", "10_000_000_000", "seconds")]
    public async Task Integer_seconds_are_not_taken_for_milliseconds(long given, long sent)
    {
        // Numbers below 10,000,000,000 are seconds.
        await using Collector collector = new(_service.Options(_clock));
        Experiment experiment = await collector.OpenExperimentAsync("r");
        experiment.Metric("m", 1, step: 1, timestamp: given);
        experiment.Metric("m", 2, step: 1, timestamp: (double)given);
        experiment.Metric("m", 3, step: 1, timestamp: DateTimeOffset.FromUnixTimeMilliseconds(sent));
        await experiment.FlushOrThrowAsync().WaitAsync(_deadline);
        _service.Requests[^1].Json.GetProperty("data").EnumerateArray().Select(metric => metric.GetProperty("timestamp_ms").GetInt64())
            .Should().Equal(sent, sent, sent);
    }

    [Fact]
    [ParityRow("syvain/limits", "invalid metric", "500 characters")]
    public async Task An_invalid_metric_does_not_lose_its_batch()
    {
        await using Collector collector = new(_service.Options(_clock));
        Experiment experiment = await collector.OpenExperimentAsync("r");
        experiment.Metric("good", 1, step: 1);

        // Each is found at the call: a name has 1 to 500 characters, a step is not negative, metadata is JSON.
        FluentActions.Invoking(() => experiment.Metric("bad", 2, step: -1)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*-1*");
        FluentActions.Invoking(() => experiment.Metric("", 3, step: 1)).Should().Throw<ArgumentException>().WithMessage("*1 to 500 characters*0*");
        FluentActions.Invoking(() => experiment.Metric(new string('x', 501), 4, step: 1)).Should().Throw<ArgumentException>().WithMessage("*501*");
        FluentActions.Invoking(() => experiment.Metric("bad", 5, step: 1, new() { ["lr"] = double.NaN })).Should().Throw<ArgumentException>().WithMessage("*'lr'*NaN*");
        FluentActions.Invoking(() => experiment.Metric("bad", 6, step: 1, timestamp: -1)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*-1*");
        FluentActions.Invoking(() => experiment.Annotation("")).Should().Throw<ArgumentException>().WithMessage("*16000*");
        experiment.Metric(string.Concat(Enumerable.Repeat("😀", 500)), 7, step: 1);
        (await experiment.FlushOrThrowAsync().WaitAsync(_deadline)).DeliveredMetrics.Should().Be(2);
        _service.Metrics.Should().BeEquivalentTo([1.0, 7.0]);
    }

    [Fact]
    public async Task Many_bad_metrics_in_one_batch_take_no_good_one_with_them()
    {
        static bool IsBad(double value) => value % 25 == 7;
        _service.Before = request => request.IsIngest && request.Values.Any(IsBad) ? PeerAnswer.Error(422, "bad value") : null;
        await using Collector collector = new(_service.Options(_clock));
        Experiment experiment = await collector.OpenExperimentAsync("r");
        for (int i = 0; i < 500; i++)
        {
            experiment.Metric("m", i, step: i);
        }

        (await experiment.FlushAsync().WaitAsync(_deadline)).Should().Match<FlushResult>(result => result.DroppedMetrics == 20 && result.DeliveredMetrics == 480);
        _service.Metrics.Should().BeEquivalentTo(Enumerable.Range(0, 500).Select(i => (double)i).Where(value => !IsBad(value)));
    }

    [Fact]
    public async Task A_service_that_refuses_everything_is_not_asked_for_each_metric()
    {
        _service.Before = request => request.IsIngest ? PeerAnswer.Error(422, "bad value") : null;
        await using Collector collector = new(_service.Options(_clock));
        Experiment experiment = await collector.OpenExperimentAsync("r");
        for (int i = 0; i < 500; i++)
        {
            experiment.Metric("m", i, step: i);
        }

        (await experiment.FlushAsync().WaitAsync(_deadline)).DroppedMetrics.Should().Be(500);
        _service.Requests.Count(request => request.IsIngest).Should().BeLessThan(150);
    }

    [Fact]
    [ParityRow("syvain/refused", "refuses", "annotations")]
    public async Task A_metric_that_the_service_refuses_does_not_lose_its_batch()
    {
        // Halves of the batch are sent until what is bad stands alone, and the annotations behind it go on.
        _service.Before = request => request.IsIngest && request.Values.Contains(137) ? PeerAnswer.Error(422, "bad value") : null;
        await using Collector collector = new(_service.Options(_clock));
        Experiment experiment = await collector.OpenExperimentAsync("r");
        for (int i = 0; i < 500; i++)
        {
            experiment.Metric("m", i, step: i);
        }

        experiment.Annotation("after it");
        FlushResult result = await experiment.FlushAsync().WaitAsync(_deadline);
        result.Should().Match<FlushResult>(one => !one.Ok && one.DeliveredMetrics == 499 && one.DroppedMetrics == 1 && one.DeliveredAnnotations == 1);
        result.Errors.Should().ContainSingle(error => error.Contains("422", StringComparison.Ordinal) && error.Contains("bad value", StringComparison.Ordinal));
        _service.Metrics.Should().HaveCount(499).And.NotContain(137);
        _service.Annotations.Should().Equal("after it");
    }

    [Fact]
    public async Task A_batch_that_is_refused_whole_costs_a_bounded_number_of_requests()
    {
        _service.Before = request => request.IsIngest ? PeerAnswer.Error(400) : null;
        await using Collector collector = new(_service.Options(_clock));
        Experiment experiment = await collector.OpenExperimentAsync("r");
        for (int i = 0; i < 500; i++)
        {
            experiment.Metric("m", i, step: i);
        }

        (await experiment.FlushAsync().WaitAsync(_deadline)).DroppedMetrics.Should().Be(500);
        _service.Requests.Count(request => request.IsIngest).Should().BeLessThan(150);
    }

    [Fact]
    [ParityRow("syvain/flush", "Ok", "background", "lost")]
    public async Task A_flush_does_not_say_ok_after_a_batch_was_lost_in_the_background()
    {
        _service.Before = request => request.IsIngest && request.Values.Contains(1) ? PeerAnswer.Error(404) : null;
        await using Collector collector = new(_service.Options(_clock));
        Experiment experiment = await collector.OpenExperimentAsync("r");
        experiment.Metric("m", 1, step: 1);
        await _clock.FireAfterAsync(1);
        await Eventually.ShouldAsync(() => experiment.Delivery.Metrics.Dropped == 1, "the batch is lost in the background");

        experiment.Metric("m", 2, step: 2);
        (await experiment.FlushAsync().WaitAsync(_deadline)).Should().Match<FlushResult>(result => !result.Ok && result.DroppedMetrics == 1 && result.DeliveredMetrics == 1);
        (await experiment.FlushAsync().WaitAsync(_deadline)).Should().Match<FlushResult>(result => result.Ok && result.DroppedMetrics == 0);

        // Nobody has to have looked at that result: the one that must fail still does, once.
        (await FluentActions.Awaiting(() => experiment.FlushOrThrowAsync().WaitAsync(_deadline)).Should().ThrowAsync<CollectorException>())
            .Which.Result!.DroppedMetrics.Should().Be(1);
        (await experiment.FlushOrThrowAsync().WaitAsync(_deadline)).Ok.Should().BeTrue();
    }

    [Fact]
    [ParityRow("syvain/flush-in-flight", "under way")]
    public async Task A_flush_does_not_say_ok_while_a_batch_is_under_way()
    {
        using ManualResetEventSlim asked = new();
        using ManualResetEventSlim answer = new();
        _service.Before = request =>
        {
            if (request.IsIngest)
            {
                asked.Set();
                answer.Wait(_deadline).Should().BeTrue();
                return PeerAnswer.Error(404);
            }

            return null;
        };
        await using Collector collector = new(_service.Options(_clock));
        Experiment experiment = await collector.OpenExperimentAsync("r");
        experiment.Metric("m", 1, step: 1);
        await _clock.FireAfterAsync(1);
        await Task.Run(() => asked.Wait(_deadline));
        experiment.Delivery.Metrics.Should().Be(new DeliveryCount(1, 0, 0, 1), "what is under way is pending");

        Task<FlushResult> flush = experiment.FlushAsync();
        flush.IsCompleted.Should().BeFalse("a batch is under way");
        answer.Set();
        (await flush.WaitAsync(_deadline)).Should().Match<FlushResult>(result => !result.Ok && result.DroppedMetrics == 1);
    }

    [Fact]
    [ParityRow("syvain/done-last", "overtake", "metrics")]
    public async Task Done_does_not_overtake_metrics_whose_first_try_failed()
    {
        using ManualResetEventSlim asked = new();
        using ManualResetEventSlim answer = new();
        int tries = 0;
        _service.Before = request =>
        {
            if (request.IsIngest && Interlocked.Increment(ref tries) <= 3)
            {
                asked.Set();
                answer.Wait(_deadline).Should().BeTrue();
                return PeerAnswer.Error(500);
            }

            return null;
        };
        await using Collector collector = new(_service.Options(_clock));
        Experiment experiment = await collector.OpenExperimentAsync("r");
        experiment.Start();
        experiment.Metric("m", 1, step: 1);
        await _clock.FireAfterAsync(1);
        await Task.Run(() => asked.Wait(_deadline));

        // The batch is in nobody's queue now. A flush that sends done comes meanwhile, and has to let everything before it go first.
        experiment.Done();
        Task<FlushResult> flush = experiment.FlushAsync();
        answer.Set();
        (await flush.WaitAsync(_deadline)).Ok.Should().BeTrue();
        _service.Story.Should().Equal("ingest 1", "ingest 1", "ingest 1", "ingest 1", "done");
    }

    [Fact]
    public async Task A_metric_after_done_does_not_cancel_it()
    {
        await using Collector collector = new(_service.Options(_clock));
        Experiment experiment = await collector.OpenExperimentAsync("r");
        experiment.Done();
        experiment.Metric("late", 1, step: 1);
        await experiment.FlushOrThrowAsync().WaitAsync(_deadline);
        _service.Story.Should().Equal("ingest 1", "done");
    }

    [Fact]
    [ParityRow("syvain/annotations", "annotation", "twice")]
    public async Task An_annotation_whose_answer_was_lost_is_not_there_twice()
    {
        // It was kept, and the answer never came; in two flushes. Each repeat bears the same key.
        int lost = 0;
        _service.After = request => request.IsAnnotation && Interlocked.Increment(ref lost) <= 4 ? PeerAnswer.Drop : null;
        await using Collector collector = new(_service.Options(_clock));
        Experiment experiment = await collector.OpenExperimentAsync("r");
        experiment.Annotation("saved");
        (await experiment.FlushAsync().WaitAsync(_deadline)).PendingAnnotations.Should().Be(1);
        (await experiment.FlushAsync().WaitAsync(_deadline)).Ok.Should().BeTrue();
        _service.Requests.Count(request => request.IsAnnotation).Should().Be(5);
        _service.Annotations.Should().Equal("saved");
    }

    [Fact]
    [ParityRow("syvain/event-ids", "client_event_id", "twice")]
    public async Task A_metric_whose_answer_was_lost_is_not_there_twice()
    {
        // The service tells by the client_event_id, which stays the same in later flushes.
        int lost = 0;
        _service.After = request => request.IsIngest && Interlocked.Increment(ref lost) <= 4 ? PeerAnswer.Drop : null;
        await using Collector collector = new(_service.Options(_clock));
        Experiment experiment = await collector.OpenExperimentAsync("r");
        experiment.Metric("m", 1, step: 1);
        (await experiment.FlushAsync().WaitAsync(_deadline)).PendingMetrics.Should().Be(1);
        (await experiment.FlushAsync().WaitAsync(_deadline)).Ok.Should().BeTrue();
        _service.Requests.Where(request => request.IsIngest).Select(request => request.Json.GetProperty("data")[0].GetProperty("client_event_id").GetString())
            .Should().HaveCount(5).And.AllBe(_service.Requests[^1].Json.GetProperty("data")[0].GetProperty("client_event_id").GetString());
        _service.Metrics.Should().Equal(1.0);
    }

    [Fact]
    [ParityRow("syvain/overflow", "overflow", "counted")]
    public async Task Overflow_is_counted()
    {
        // The oldest metrics go first, then the oldest annotations.
        SilentLoggers log = new();
        await using Collector collector = new(_service.Options(_clock) with { MaxQueueItems = 3, LoggerFactory = log });
        Experiment experiment = await collector.OpenExperimentAsync("r");
        for (int i = 0; i < 4; i++)
        {
            experiment.Annotation($"a{i}");
            experiment.Metric("m", i, step: i);
            experiment.Delivery.Should().Match<ExperimentDelivery>(one => one.Metrics.Pending + one.Annotations.Pending <= 3);
        }

        experiment.Delivery.Metrics.Should().Be(new DeliveryCount(4, 0, 4, 0));
        experiment.Delivery.Annotations.Should().Be(new DeliveryCount(4, 0, 1, 3));
        FlushResult result = await experiment.FlushAsync().WaitAsync(_deadline);
        result.Should().Match<FlushResult>(one => !one.Ok && one.DroppedMetrics == 4 && one.DroppedAnnotations == 1 && one.DeliveredAnnotations == 3, "what is lost is counted");
        _service.Annotations.Should().Equal("a1", "a2", "a3");
        log.Lines.Should().ContainSingle(line => line.Contains("is full", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [ParityRow("syvain/nan", "counted", "warning")]
    public async Task A_value_that_is_not_finite_is_counted(double value)
    {
        SilentLoggers log = new();
        await using Collector collector = new(_service.Options(_clock) with { LoggerFactory = log });
        Experiment experiment = await collector.OpenExperimentAsync("r");
        experiment.Metric("m", value, step: 1);
        experiment.Metric("m", value, step: 2);
        (await experiment.FlushAsync().WaitAsync(_deadline)).Ok.Should().BeTrue();
        experiment.Delivery.Should().Be(new ExperimentDelivery(default, default, default, NonFinite: 2), "each is counted");
        log.Lines.Should().ContainSingle("a warning is said once a minute");
    }
}
