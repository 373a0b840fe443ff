using Metrana.Syvain.Api;
using Metrana.Syvain.Tests.Support;

namespace Metrana.Syvain.Tests;

/// <summary>Options, keys, addresses, and what the service answers.</summary>
public sealed class CollectorTests : IDisposable
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(60);

    private readonly StandIn _service = new();
    private readonly TestClock _clock = new();

    public void Dispose() => _service.Dispose();

    [Fact]
    [ParityRow("syvain/options", "Timeout", "IngestTimeout", "FlushDelay", "MaxQueueItems", "MaxBatchItems", "MaxRetries")]
    public void Options_have_the_published_defaults()
    {
        CollectorOptions options = new();
        options.Timeout.Should().Be(TimeSpan.FromSeconds(10));
        options.IngestTimeout.Should().Be(TimeSpan.FromSeconds(60));
        options.FlushDelay.Should().Be(TimeSpan.FromSeconds(0.25));
        options.MaxQueueItems.Should().Be(100_000);
        options.MaxBatchItems.Should().Be(500);
        options.MaxRetries.Should().BeNull();
        Login.Find(options with { ApiKey = "k" }, _ => null).Host.Should().Be(new Uri("https://metrics.syvain.com"));
    }

    [Fact]
    public void All_options_that_cannot_work_are_told_at_once()
    {
        CollectorOptions options = new()
        {
            ApiKey = "k",
            Timeout = TimeSpan.Zero,
            IngestTimeout = TimeSpan.FromSeconds(-1),
            FlushDelay = TimeSpan.FromSeconds(-1),
            MaxQueueItems = 0,
            MaxBatchItems = 1001,
            MaxRetries = -1,
        };
        FluentActions.Invoking(() => new Collector(options)).Should().Throw<ArgumentException>()
            .WithMessage("*Timeout*IngestTimeout*FlushDelay*MaxQueueItems*MaxBatchItems is 1001*MaxRetries*");
    }

    [Fact]
    [ParityRow("syvain/key", "SYVAIN_METRICS_API_KEY", "local")]
    public void The_key_is_given_or_in_the_environment_or_in_the_file_of_a_login()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("metrana-syvain-");
        try
        {
            Dictionary<string, string> variables = new() { ["SYVAIN_METRICS_API_KEY"] = " ak_env ", ["XDG_CONFIG_HOME"] = folder.FullName };
            Login Find(string? key) => Login.Find(new CollectorOptions { ApiKey = key }, variables.GetValueOrDefault);
            Find(null).ApiKey.Value.Should().Be("ak_env");
            Find("ak_given").ApiKey.Value.Should().Be("ak_given");
            FluentActions.Invoking(() => Find("local")).Should().Throw<ArgumentException>().WithMessage("*auth.json*cannot be read*Log in*");

            string file = Path.Combine(folder.CreateSubdirectory("syvain-metrics").FullName, "auth.json");
            File.WriteAllText(file, """{"apiKey": "ak_file", "host": "http://localhost:1", "orgId": "o", "loginAt": 1}""");
            Find("local").Should().Match<Login>(login => login.ApiKey.Value == "ak_file" && login.Host == new Uri("http://localhost:1"));
            File.WriteAllText(file, """{"apiKey": ["ak_secret"]}""");
            FluentActions.Invoking(() => Find("local")).Should().Throw<ArgumentException>().Which.ToString().Should().NotContain("ak_secret");
            File.WriteAllText(Path.Combine(folder.CreateSubdirectory("syvain-metrics-dev").FullName, "auth.json"), """{"apiKey": "ak_dev"}""");
            Find("local-dev").Should().Match<Login>(login => login.ApiKey.Value == "ak_dev" && login.Host.Host.EndsWith(".workers.dev"));

            variables.Remove("SYVAIN_METRICS_API_KEY");
            FluentActions.Invoking(() => Find(null)).Should().Throw<ArgumentException>().WithMessage("*no API key*SYVAIN_METRICS_API_KEY*");
            FluentActions.Invoking(() => Find("a\nb")).Should().Throw<ArgumentException>().Which.Message.Should().NotContain("a\nb");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("ftp://host")]
    [InlineData("metrics.syvain.com")]
    [InlineData("https://user:secret@host")]
    [InlineData("https://host/path")]
    [InlineData("https://host/?secret=1")]
    [InlineData("https://host/#secret")]
    [ParityRow("syvain/host", "path", "query")]
    public void An_address_is_an_address_alone(string host) =>
        FluentActions.Invoking(() => new Collector(new CollectorOptions { ApiKey = "k", Host = host })).Should().Throw<ArgumentException>()
            .Which.Message.Should().NotContain("secret", "a path or a query may be one");

    [Fact]
    [ParityRow("syvain/folders", "FolderId", "FolderPath", "request")]
    public async Task A_folder_is_named_in_one_way()
    {
        await using Collector collector = new(_service.Options(_clock));
        await FluentActions.Awaiting(() => collector.OpenExperimentAsync("r", new() { FolderId = "f", FolderPath = "/f" })).Should().ThrowAsync<ArgumentException>();
        await FluentActions.Awaiting(() => collector.OpenExperimentAsync("")).Should().ThrowAsync<ArgumentException>();
        await FluentActions.Awaiting(() => collector.OpenExperimentAsync(new string('x', 201))).Should().ThrowAsync<ArgumentException>();
        await FluentActions.Awaiting(() => collector.OpenExperimentAsync("r", new() { Description = new string('x', 4001) })).Should().ThrowAsync<ArgumentException>();
        _service.Requests.Should().BeEmpty("no request is made before that is known");
    }

    [Fact]
    [ParityRow("syvain/secrets", "keys", "text")]
    public async Task Keys_are_in_no_text()
    {
        SilentLoggers log = new();
        CollectorOptions options = _service.Options(_clock) with { LoggerFactory = log };
        options.ToString().Should().NotContain("ak_org_test");
        $"{Login.Find(options, _ => null)}".Should().NotContain("ak_org_test");
        Collector collector = new(options);
        collector.ToString().Should().Contain(_service.Host).And.NotContain("ak_org_test");

        // A service that repeats what it was sent, in each way in which it can fail. Neither exceptions nor lines have the keys.
        List<string> texts = [];
        Experiment experiment = await collector.OpenExperimentAsync("r");
        foreach (string body in new[] { "the token {0} is bad", """{{"data": null, "error": {{"message": "{0}", "details": "{0}"}}}}""", """{{"data": {{"ok": "{0}"}}, "error": null}}""" })
        {
            foreach (int status in new[] { 200, 400, 403, 500 })
            {
                _service.Before = request => new PeerAnswer(status, string.Format(null, body, request.Headers["authorization"]["Bearer ".Length..]));
                experiment.Metric("m", 1, step: 1);
                experiment.Annotation("a");
                experiment.Done();
                texts.Add((await FluentActions.Awaiting(() => experiment.FlushOrThrowAsync(0).WaitAsync(_deadline)).Should().ThrowAsync<CollectorException>()).Which.ToString());
                texts.Add((await FluentActions.Awaiting(() => collector.OpenExperimentAsync("other")).Should().ThrowAsync<CollectorException>()).Which.ToString());
                _clock.Time += TimeSpan.FromMinutes(2);
            }
        }

        await collector.DisposeAsync().AsTask().WaitAsync(_deadline);
        texts.AddRange(log.Lines);
        texts.Should().HaveCountGreaterThan(24).And.NotContain(text => text.Contains("ak_org_test", StringComparison.Ordinal) || text.Contains("ik_secret", StringComparison.Ordinal));
        texts.Should().Contain(text => text.Contains("the token *** is bad", StringComparison.Ordinal));
    }

    [Fact]
    [ParityRow("syvain/create-fails", "throws", "CollectorException")]
    public async Task An_experiment_that_the_service_does_not_create_throws()
    {
        _service.Before = request => request.Path == "/api/v1/experiments" ? PeerAnswer.Error(403, "not yours") : null;
        await using Collector collector = new(_service.Options(_clock));
        await FluentActions.Awaiting(() => collector.OpenExperimentAsync("r").WaitAsync(_deadline)).Should().ThrowAsync<CollectorException>()
            .WithMessage("*'r' could not be opened*not yours*");
    }

    [Fact]
    [ParityRow("syvain/one-object", "one object", "active")]
    public async Task A_slug_has_one_object_and_a_collector_one_active_experiment()
    {
        await using Collector collector = new(_service.Options(_clock));
        Experiment first = await collector.OpenExperimentAsync("r");
        Experiment second = await collector.OpenExperimentAsync("r2");
        (await collector.OpenExperimentAsync("r")).Should().BeSameAs(first, "there is one object of a slug");
        first.Start();
        FluentActions.Invoking(() => second.Start()).Should().Throw<InvalidOperationException>().WithMessage("*'r' is active*");
        first.Done();
        FluentActions.Invoking(() => second.Start()).Should().NotThrow();
    }

    [Fact]
    [ParityRow("syvain/retries", "0.25", "0.5")]
    public async Task A_request_has_three_tries()
    {
        _service.Before = request => request.IsIngest ? PeerAnswer.Error(503) : null;
        await using Collector collector = new(_service.Options(_clock));
        Experiment experiment = await collector.OpenExperimentAsync("r");
        experiment.Metric("m", 1, step: 1);
        (await experiment.FlushAsync().WaitAsync(_deadline)).PendingMetrics.Should().Be(1);
        _service.Requests.Count(request => request.IsIngest).Should().Be(3);
        _clock.Pauses.Should().Equal(0.25, 0.5);
        _service.Before = _ => null;
    }

    [Fact]
    [ParityRow("syvain/background", "in the background", "delay")]
    public async Task What_waits_is_flushed_in_the_background_after_the_delay()
    {
        await using Collector collector = new(_service.Options(_clock) with { FlushDelay = TimeSpan.FromSeconds(2) });
        Experiment experiment = await collector.OpenExperimentAsync("r");
        experiment.Metric("m", 1, step: 1);
        await Eventually.ShouldAsync(() => _clock.Lingers.Count > 0, "the delay begins");
        _clock.Lingers.Should().Equal(2);
        _service.Metrics.Should().BeEmpty();
        _clock.Fire();
        await Eventually.ShouldAsync(() => experiment.Delivery.Metrics.Pending == 0, "it is delivered in the background");
    }

    [Fact]
    [ParityRow("syvain/statuses-queued", "start", "done", "wait")]
    public async Task Start_and_done_wait_for_no_request()
    {
        await using Collector collector = new(_service.Options(_clock));
        Experiment experiment = await collector.OpenExperimentAsync("r");
        int before = _service.Requests.Count;
        experiment.Start();
        experiment.Done();
        _service.Requests.Should().HaveCount(before, "both wait in the queue: start is replaced by done");
        (await experiment.FlushAsync().WaitAsync(_deadline)).Ok.Should().BeTrue();
        _service.Statuses.Should().EndWith("done");
    }

    [Fact]
    [ParityRow("syvain/step", "step", "null")]
    public async Task A_step_is_required_and_may_be_null()
    {
        System.Reflection.ParameterInfo step = typeof(Experiment).GetMethod(nameof(Experiment.Metric))!.GetParameters().Single(one => one.Name == "step");
        step.HasDefaultValue.Should().BeFalse("it is required");
        await using Collector collector = new(_service.Options(_clock));
        Experiment experiment = await collector.OpenExperimentAsync("r");
        experiment.Metric("m", 1, step: null);
        await experiment.FlushOrThrowAsync().WaitAsync(_deadline);
        _service.Requests[^1].Json.GetProperty("data")[0].GetProperty("step").ValueKind.Should().Be(System.Text.Json.JsonValueKind.Null);
    }

    [Fact]
    public async Task A_redirect_takes_the_key_nowhere()
    {
        using StandIn other = new();
        _service.Before = _ => new PeerAnswer(307, "") { Headers = new Dictionary<string, string> { ["Location"] = other.Host } };
        await using Collector collector = new(_service.Options(_clock));
        await FluentActions.Awaiting(() => collector.OpenExperimentAsync("r")).Should().ThrowAsync<CollectorException>().WithMessage("*307*");
        other.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task A_service_that_asks_for_patience_gets_it()
    {
        int asked = 0;
        _service.Before = request => request.IsIngest && Interlocked.Increment(ref asked) < 3
            ? PeerAnswer.Error(429) with { Headers = new Dictionary<string, string> { ["Retry-After"] = asked == 1 ? "3" : "86400" } }
            : null;
        await using Collector collector = new(_service.Options(_clock));
        Experiment experiment = await collector.OpenExperimentAsync("r");
        experiment.Metric("m", 1, step: 1);
        (await experiment.FlushAsync().WaitAsync(_deadline)).Ok.Should().BeTrue();
        _clock.Pauses.Should().Equal(3, 10);
    }

    [Fact]
    public async Task An_answer_that_does_not_come_is_waited_for_as_long_as_the_options_say()
    {
        _service.Before = request => request.IsIngest ? PeerAnswer.Never : null;
        await using Collector collector = new(_service.Options(_clock) with { IngestTimeout = TimeSpan.FromMilliseconds(50) });
        Experiment experiment = await collector.OpenExperimentAsync("r");
        experiment.Metric("m", 1, step: 1);
        (await experiment.FlushAsync().WaitAsync(_deadline)).Errors.Should().ContainSingle(error => error.Contains("no answer within 0.05 s", StringComparison.Ordinal));
        _service.Requests.Count(request => request.IsIngest).Should().Be(3);
        _service.Before = _ => null;
    }

    [Fact]
    [ParityRow("syvain/options", "Timeout")]
    public async Task An_opening_that_is_not_answered_is_waited_for_as_long_as_the_options_say()
    {
        _service.Before = request => request.Path == "/api/v1/experiments" ? PeerAnswer.Never : null;
        await using Collector collector = new(_service.Options(_clock) with { Timeout = TimeSpan.FromMilliseconds(50) });
        await FluentActions.Awaiting(() => collector.OpenExperimentAsync("r").WaitAsync(_deadline)).Should().ThrowAsync<CollectorException>()
            .WithMessage("*no answer within 0.05 s*");
        _service.Before = _ => null;
    }

    [Fact]
    [ParityRow("syvain/options", "MaxBatchItems")]
    public async Task A_request_holds_no_more_items_than_the_options_say()
    {
        await using Collector collector = new(_service.Options(_clock) with { MaxBatchItems = 7 });
        Experiment experiment = await collector.OpenExperimentAsync("r");
        for (int i = 0; i < 20; i++)
        {
            experiment.Metric("m", i, step: i);
        }

        (await experiment.FlushAsync().WaitAsync(_deadline)).Ok.Should().BeTrue();
        _service.Story.Should().Equal("ingest 7", "ingest 7", "ingest 6");
    }

    [Theory]
    [InlineData("", "there is no folder /f")]
    [InlineData("""{"folder_id": "a"}, {"folder_id": "b"}""", "there are 2 folders /f")]
    [ParityRow("syvain/folder-path", "folder_path", "missing", "ambiguous")]
    public async Task A_folder_path_that_is_missing_or_ambiguous_opens_nothing(string folders, string message)
    {
        // It is looked up, as folder_path is.
        _service.Before = request => request.Path == "/api/v1/folders" ? new PeerAnswer(200, $$"""{"data": {"folders": [{{folders}}]}, "error": null}""") : null;
        await using Collector collector = new(_service.Options(_clock));
        await FluentActions.Awaiting(() => collector.OpenExperimentAsync("r", new() { FolderPath = "/f" }).WaitAsync(_deadline)).Should()
            .ThrowAsync<CollectorException>().WithMessage($"*{message}*FolderId*");
        _service.Requests.Should().ContainSingle("no experiment is made").Which.Query.Should().Contain("path=%2Ff");
    }

    [Fact]
    public async Task An_answer_without_end_takes_no_memory()
    {
        _service.Before = request => request.IsIngest ? new PeerAnswer(200, new string(' ', 5 << 20)) : null;
        await using Collector collector = new(_service.Options(_clock));
        Experiment experiment = await collector.OpenExperimentAsync("r");
        experiment.Metric("m", 1, step: 1);
        (await experiment.FlushAsync().WaitAsync(_deadline)).Should().Match<FlushResult>(result => result.PendingMetrics == 1 && result.RetryableFailures == 1);
        _service.Before = _ => null;
    }

    [Fact]
    [ParityRow("syvain/stamp", "StampMetrics")]
    public async Task A_metric_is_given_its_time_when_the_options_say_so()
    {
        // The time of the call, however late it is sent; without StampMetrics the service gives it that of its arrival.
        await using Collector collector = new(_service.Options(_clock) with { StampMetrics = true });
        Experiment experiment = await collector.OpenExperimentAsync("r");
        experiment.Metric("m", 1, step: 1);
        long logged = _clock.Time.ToUnixTimeMilliseconds();
        _clock.Time += TimeSpan.FromHours(1);
        await experiment.FlushOrThrowAsync().WaitAsync(_deadline);
        _service.Requests[^1].Json.GetProperty("data")[0].GetProperty("timestamp_ms").GetInt64().Should().Be(logged);
    }
}
