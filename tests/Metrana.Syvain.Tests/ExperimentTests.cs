using Metrana.Syvain.Tests.Support;

namespace Metrana.Syvain.Tests;

/// <summary>Statuses, scopes, the end of the process, and closing.</summary>
public sealed class ExperimentTests : IDisposable
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(60);

    private readonly StandIn _service = new();
    private readonly TestClock _clock = new();

    public void Dispose() => _service.Dispose();

    [Fact]
    [ParityRow("syvain/run", "exception", "error")]
    public async Task Code_that_throws_ends_its_experiment_with_an_error_and_the_exception_passes_through()
    {
        await using Collector collector = new(_service.Options(_clock));
        Experiment experiment = await collector.OpenExperimentAsync("r");
        await FluentActions.Awaiting(() => experiment.RunAsync(() => throw new InvalidOperationException("boom"))).Should()
            .ThrowAsync<InvalidOperationException>().WithMessage("boom");
        var error = _service.Requests[^1].Json.GetProperty("error");
        error.GetProperty("name").GetString().Should().Be("InvalidOperationException");
        error.GetProperty("detail").GetString().Should().Contain("boom").And.Contain("ExperimentTests.cs");
        int zero = 0;
        await FluentActions.Awaiting(() => experiment.RunAsync(() =>
        {
            zero /= zero;
        })).Should().ThrowAsync<DivideByZeroException>();
        _service.Story.Should().Equal("error", "error");
        experiment.IsActive.Should().BeFalse();
    }

    [Fact]
    public async Task A_scope_says_what_it_was_told()
    {
        await using Collector collector = new(_service.Options(_clock));
        Experiment experiment = await collector.OpenExperimentAsync("r");
        using (ExperimentRun run = experiment.Run())
        {
            run.Fail(new TimeoutException("simulator"));
        }

        using (experiment.Run())
        {
            experiment.Metric("m", 1, step: 1);
        }

        await using (experiment.Run())
        {
            experiment.Error("Diverged", new string('x', 9000));
        }

        _service.Story.Should().Equal("error", "ingest 1", "done", "error");
        _service.Requests[^1].Json.GetProperty("error").GetProperty("detail").GetString().Should().HaveLength(8000);
    }

    [Fact]
    [ParityRow("syvain/best-effort", "throws", "loses nothing")]
    public async Task Leaving_a_scope_tries_four_times_and_throws_and_loses_nothing()
    {
        bool away = true;
        _service.Before = request => away && request.IsIngest ? PeerAnswer.Error(503) : null;
        SilentLoggers log = new();
        await using Collector collector = new(_service.Options(_clock) with { MaxRetries = 0, LoggerFactory = log });
        Experiment experiment = await collector.OpenExperimentAsync("r");
        await using (experiment.Run())
        {
            experiment.Metric("m", 1, step: 1);
        }

        // No retry of the later flush was used up, though the limit is 0.
        _service.Requests.Count(request => request.IsIngest).Should().Be(4 * 3);
        experiment.Delivery.Metrics.Pending.Should().Be(1);
        log.Lines.Should().ContainSingle(line => line.Contains("not delivered yet", StringComparison.Ordinal));
        away = false;
        (await experiment.FlushOrThrowAsync().WaitAsync(_deadline)).Ok.Should().BeTrue();
        _service.Statuses.Should().Equal("done");
    }

    [Fact]
    [ParityRow("syvain/flush-or-throw", "retries", "tries again")]
    public async Task A_flush_that_must_deliver_tries_again_as_often_as_it_is_told()
    {
        _service.Before = request => request.IsIngest ? PeerAnswer.Error(500) : null;
        await using Collector collector = new(_service.Options(_clock));
        Experiment experiment = await collector.OpenExperimentAsync("r");
        experiment.Metric("m", 1, step: 1);

        // The first flush and its retries, each of which is three tries of a request.
        foreach ((int retries, int requests) in new[] { (0, 3), (3, 12), (5, 18) })
        {
            int before = _service.Requests.Count;
            var thrown = await FluentActions.Awaiting(() => experiment.FlushOrThrowAsync(retries).WaitAsync(_deadline)).Should().ThrowAsync<CollectorException>();
            thrown.Which.Message.Should().Contain("500").And.Contain("scripted failure").And.NotContain("ak_org_test").And.NotContain("ik_secret");
            thrown.Which.Result!.PendingMetrics.Should().Be(1);
            _service.Requests.Count.Should().Be(before + requests);
        }

        FluentActions.Invoking(() => experiment.FlushOrThrow(-1)).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Theory]
    [InlineData(0, "done")]
    [InlineData(3, "error")]
    [ParityRow("syvain/hooks", "exit code")]
    public async Task The_end_of_the_process_ends_what_is_open_and_delivers_it(int exitCode, string status)
    {
        // A process that ends with an exit code other than 0 has failed.
        await using Collector collector = new(_service.Options(_clock));
        Experiment experiment = await collector.OpenExperimentAsync("r");
        experiment.Start();
        experiment.Metric("m", 1, step: 1);
        ProcessHooks.OnExit(exitCode);
        _service.Story.Should().Equal("ingest 1", status);
        ProcessHooks.Watches(experiment).Should().BeFalse();
    }

    [Fact]
    public async Task An_exception_that_nobody_catches_ends_it_with_its_name_and_delivers_everything()
    {
        await using Collector collector = new(_service.Options(_clock));
        Experiment experiment = await collector.OpenExperimentAsync("r");
        experiment.Start();
        experiment.Metric("m", 1, step: 1);
        ProcessHooks.OnUnhandled(new InvalidOperationException("boom"));
        _service.Story.Should().Equal("ingest 1", "error");
        _service.Requests[^1].Json.GetProperty("error").GetProperty("name").GetString().Should().Be("InvalidOperationException");
    }

    [Fact]
    [ParityRow("syvain/hooks-off", "installHooks")]
    public async Task Without_hooks_the_end_of_the_process_is_somebody_elses()
    {
        await using Collector collector = new(_service.Options(_clock));
        Experiment experiment = await collector.OpenExperimentAsync("r");
        experiment.Start(installHooks: false);
        experiment.Metric("m", 1, step: 1);
        ProcessHooks.Watches(experiment).Should().BeFalse();
        ProcessHooks.OnExit(0);
        _service.Story.Should().BeEmpty();
        experiment.IsActive.Should().BeTrue();
    }

    [Fact]
    public async Task Closing_delivers_what_waits_and_counts_what_it_cannot()
    {
        bool away = false;
        _service.Before = request => away && request.IsIngest ? PeerAnswer.Error(503) : null;
        SilentLoggers log = new();
        Collector collector = new(_service.Options(_clock) with { LoggerFactory = log });
        Experiment first = await collector.OpenExperimentAsync("a");
        Experiment second = await collector.OpenExperimentAsync("b");
        first.Metric("m", 1, step: 1);
        await collector.FlushOrThrowAsync();
        second.Metric("m", 2, step: 1);
        second.Annotation("kept back");
        away = true;
        await collector.DisposeAsync().AsTask().WaitAsync(_deadline);
        await collector.DisposeAsync();

        first.Delivery.Metrics.Should().Be(new DeliveryCount(1, 1, 0, 0));
        second.Delivery.Metrics.Should().Be(new DeliveryCount(1, 0, 1, 0));
        second.Delivery.Annotations.Should().Be(new DeliveryCount(1, 0, 1, 0));
        log.Lines.Should().Contain(line => line.Contains("2 items of the experiment 'b' were delivered: they are lost", StringComparison.Ordinal));
        FluentActions.Invoking(() => first.Metric("m", 1, step: 1)).Should().Throw<ObjectDisposedException>();
        await FluentActions.Awaiting(() => collector.OpenExperimentAsync("c")).Should().ThrowAsync<ObjectDisposedException>();
    }

    [Fact]
    public async Task A_service_that_is_away_is_asked_less_and_less_often_and_gets_everything_once_it_is_back()
    {
        bool away = true;
        _service.Before = request => away && request.IsIngest ? PeerAnswer.Error(503) : null;
        await using Collector collector = new(_service.Options(_clock));
        Experiment experiment = await collector.OpenExperimentAsync("r");
        experiment.Metric("m", 1, step: 1);
        for (int i = 1; i <= 10; i++)
        {
            await _clock.FireAfterAsync(i);
        }

        await Eventually.ShouldAsync(() => _clock.Lingers.Count == 11, "it is tried for the tenth time");
        _clock.Lingers.Should().Equal(0.25, 0.5, 1, 2, 4, 8, 16, 30, 30, 30, 30);
        away = false;
        experiment.Metric("m", 2, step: 2);
        _clock.Fire();
        await Eventually.ShouldAsync(() => experiment.Delivery.Metrics.Delivered == 2, "both are delivered");
    }

    [Fact]
    public async Task Counts_add_up_at_every_instant_while_many_threads_log_and_the_service_fails()
    {
        int seed = Environment.TickCount;
        Console.WriteLine($"seed {seed}");
        Random random = new(seed);
        _service.Before = request => !request.IsIngest && !request.IsAnnotation ? null : random.Next(6) switch
        {
            0 => PeerAnswer.Error(503),
            1 => PeerAnswer.Error(422),
            2 => PeerAnswer.Drop,
            _ => null,
        };
        await using Collector collector = new(_service.Options(_clock) with { MaxQueueItems = 400, MaxBatchItems = 40 });
        Experiment experiment = await collector.OpenExperimentAsync("r");
        Task[] threads = [.. Enumerable.Range(0, 4).Select(thread => Task.Run(async () =>
        {
            for (int i = 0; i < 500; i++)
            {
                experiment.Metric("m", (1000 * thread) + i, step: i);
                if (i % 50 == 0)
                {
                    experiment.Annotation($"{thread}/{i}");
                    await experiment.FlushAsync();
                }

                AddsUp(experiment.Delivery);
            }
        }))];
        await Task.WhenAll(threads).WaitAsync(_deadline);
        _service.Before = _ => null;
        await experiment.FlushAsync().WaitAsync(_deadline);

        ExperimentDelivery end = experiment.Delivery;
        AddsUp(end);
        end.Metrics.Should().Match<DeliveryCount>(count => count.Added == 2000 && count.Pending == 0 && count.Delivered == _service.Metrics.Count, $"the seed is {seed}");
        end.Annotations.Should().Match<DeliveryCount>(count => count.Added == 40 && count.Pending == 0 && count.Delivered == _service.Annotations.Count);

        static void AddsUp(ExperimentDelivery delivery)
        {
            foreach (DeliveryCount count in new[] { delivery.Metrics, delivery.Annotations, delivery.Statuses })
            {
                count.Added.Should().Be(count.Delivered + count.Dropped + count.Pending);
                count.Pending.Should().BeInRange(0, 440);
            }
        }
    }

    [Fact]
    public async Task A_flush_that_is_called_off_loses_nothing()
    {
        bool away = true;
        _service.Before = request => away && request.IsIngest ? PeerAnswer.Never : null;
        await using Collector collector = new(_service.Options(_clock));
        Experiment experiment = await collector.OpenExperimentAsync("r");
        experiment.Metric("m", 1, step: 1);
        experiment.Done();
        using CancellationTokenSource patience = new();
        Task<FlushResult> flush = experiment.FlushAsync(patience.Token);
        await Eventually.ShouldAsync(() => _service.Requests.Any(request => request.IsIngest), "the request is under way");
        await patience.CancelAsync();
        await FluentActions.Awaiting(() => flush.WaitAsync(_deadline)).Should().ThrowAsync<OperationCanceledException>();
        experiment.Delivery.Metrics.Should().Be(new DeliveryCount(1, 0, 0, 1));
        away = false;
        (await experiment.FlushOrThrowAsync().WaitAsync(_deadline)).DeliveredStatuses.Should().Be(1);
    }
}
