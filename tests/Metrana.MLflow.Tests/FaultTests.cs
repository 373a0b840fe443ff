using System.Diagnostics;
using System.Net;
using Metrana.Extensions.Logging;
using Metrana.Mirrors;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace Metrana.MLflow.Tests;

/// <summary>A server that is away, busy, broken or something else: the loss is counted, the rest arrives, and the run notices nothing.</summary>
public class FaultTests
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(3);

    private readonly HastyClock _clock = new(_timeout);

    [Fact]
    public async Task A_server_that_refuses_connections_is_out_of_reach()
    {
        ScriptedPeer peer = new();
        string address = peer.Address;
        await peer.DisposeAsync();
        await using MlflowMirror mirror = Mirror(address);
        Func<Task> start = async () => await mirror.StartAsync(Records.Run, default);

        (await start.Should().ThrowAsync<MlflowException>().WithMessage($"MLflow at {address}/ is out of reach*tried 3 times.")).Which
            .Should().Match<MlflowException>(e => e.IsTransient && e.StatusCode == null);
        _clock.Pauses.Should().Equal(TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(200));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(408)]
    [InlineData(429)]
    [ParityRow("mlflow/retries", "3", "attempts")]
    public async Task A_failure_that_passes_is_tried_up_to_3_attempts(int status)
    {
        await using ScriptedPeer peer = new();
        await using MlflowMirror mirror = await StartedAsync(peer);
        int failures = 2;
        peer.Script = request => request.Call == "runs/log-batch" && failures-- > 0 ? new PeerAnswer(status, "<html>busy</html>", "text/html") : null;
        await mirror.WriteAsync([Records.Point("loss", 1)], default);

        peer.Of("runs/log-batch").Should().HaveCount(3).And.OnlyContain(request => request.Body == peer.Of("runs/log-batch")[0].Body, "a repeat is the same");
        mirror.Delivery.Should().Be(new MlflowDelivery(Metrics: 1, Facts: 0, Dropped: 0, Skipped: 0));
    }

    [Fact]
    [ParityRow("mlflow/loss", "dropped", "counted")]
    public async Task A_failure_that_stays_drops_what_is_counted_and_the_next_values_are_tried()
    {
        await using ScriptedPeer peer = new();
        await using MlflowMirror mirror = await StartedAsync(peer);
        peer.Script = static _ => PeerAnswer.Error(500, "INTERNAL_ERROR", "the database is locked");
        Func<Task> write = async () => await mirror.WriteAsync([Records.Points("loss", [1, 2], [0, 1]), Records.Attributes(("config/lr", 0.1))], default);
        (await write.Should().ThrowAsync<MlflowException>().WithMessage("*500 INTERNAL_ERROR*the database is locked*2 values*are lost*1 wait*"))
            .Which.StatusCode.Should().Be(HttpStatusCode.InternalServerError);
        peer.Of("runs/log-batch").Should().HaveCount(3);
        mirror.Delivery.Dropped.Should().Be(2);

        peer.Script = static _ => null;
        await mirror.WriteAsync([Records.Point("loss", 3, 2)], default);
        peer.Metrics.Should().EndWith(("loss", "3"));
        peer.Requests[^1].Json.GetProperty("params")[0].GetProperty("key").GetString().Should().Be("lr", "parameters wait for the server");
        mirror.Delivery.Should().Be(new MlflowDelivery(Metrics: 1, Facts: 1, Dropped: 2, Skipped: 0));
    }

    [Theory]
    [InlineData(404, "text/html", "<!doctype html><h1>Not Found</h1>", "*refuses it (404): an answer of the type text/html*")]
    [InlineData(200, "text/html", "<html>please log in</html>", "*hardly MLflow*text/html*")]
    [InlineData(200, "application/json", "null", "*hardly MLflow*")]
    [InlineData(200, "application/json", "{\"run\":{}}", "*without an id*")]
    [InlineData(301, "text/html", "moved", "*refuses it (301)*")]
    [InlineData(403, "text/plain", "Invalid Host header", "*refuses it (403)*text/plain*")]
    [InlineData(400, "application/json", "{\"error_code\":\"X\\nY\",\"message\":\"a\\r\\nb\"}", "*refuses it (400 X Y): a  b*")]
    [ParityRow("mlflow/html", "HTML", "text/html")]
    [ParityRow("mlflow/host", "403", "text/plain")]
    public async Task An_answer_of_HTML_or_anything_else_is_understood_and_not_tried_again(int status, string type, string body, string message)
    {
        await using ScriptedPeer peer = new();
        peer.Script = _ => new PeerAnswer(status, body, type);
        await using MlflowMirror mirror = Mirror(peer.Address);
        Func<Task> start = async () => await mirror.StartAsync(Records.Run, default);

        (await start.Should().ThrowAsync<MlflowException>().WithMessage(message)).Which.IsTransient.Should().BeFalse();
        peer.Requests.Should().ContainSingle();
    }

    [Fact]
    [ParityRow("mlflow/create-fails", "created", "metrics")]
    public async Task A_run_that_is_refused_is_not_asked_for_again_and_what_comes_is_dropped()
    {
        await using ScriptedPeer peer = new();
        peer.Script = static _ => PeerAnswer.Error(404, "RESOURCE_DOES_NOT_EXIST", "no experiment 7");
        await using MlflowMirror mirror = Mirror(peer.Address);
        Func<Task> start = async () => await mirror.StartAsync(Records.Run, default);
        Func<Task> write = async () => await mirror.WriteAsync([Records.Point("loss", 1)], default);
        Func<Task> end = async () => await mirror.EndAsync(new MirroredEnd { Outcome = RunOutcome.Finished, Time = DateTimeOffset.UnixEpoch }, default);
        await start.Should().ThrowAsync<MlflowException>();

        peer.Script = static _ => null;
        await start.Should().NotThrowAsync();
        await write.Should().ThrowAsync<MlflowException>().WithMessage("There is no run in MLflow*no experiment 7*");
        await end.Should().ThrowAsync<MlflowException>().WithMessage("There is no run in MLflow*");
        peer.Requests.Should().ContainSingle("no run is created again");
        peer.Metrics.Should().BeEmpty("metrics are off");
        mirror.RunId.Should().BeNull();
        mirror.Delivery.Dropped.Should().Be(1, "what comes is counted");

        using ActivitySource source = new("FaultTests.refused");
        using TracerProvider tracing = Sdk.CreateTracerProviderBuilder().AddSource(source.Name).AddMlflowExporter(mirror: mirror).Build();
        source.StartActivity("update")!.Stop();
        tracing.ForceFlush().Should().BeTrue();
        peer.Requests.Should().HaveCount(2, "tracing goes on").And.Subject.Last().Path.Should().Be("/v1/traces");
    }

    [Fact]
    public async Task A_program_without_a_run_keeps_its_mirror_and_sees_what_became_of_its_events()
    {
        await using ScriptedPeer peer = new();
        MlflowMirror mirror = Mirror(peer.Address);
        using (ILoggerFactory logging = LoggerFactory.Create(builder => builder.AddMlflow(mirror)))
        {
            logging.CreateLogger("ppo").LogUpdate(new ActorUpdate { Timesteps = 1, Episodes = 2 });
            await Eventually.ShouldAsync(() => mirror.Delivery.Metrics > 0, "the metrics are there");
        }

        mirror.RunId.Should().Be(ScriptedPeer.RunId);
        mirror.Delivery.Dropped.Should().Be(0);
        peer.Of("runs/update").Should().ContainSingle("the logging ends the run");
    }

    [Fact]
    public async Task A_run_that_could_not_be_created_for_a_while_is_created_later()
    {
        await using ScriptedPeer peer = new();
        peer.Script = static _ => PeerAnswer.Error(503, "TEMPORARILY_UNAVAILABLE", "starting");
        await using MlflowMirror mirror = Mirror(peer.Address);
        Func<Task> start = async () => await mirror.StartAsync(Records.Run, default);
        await start.Should().ThrowAsync<MlflowException>();

        peer.Script = static _ => null;
        await mirror.StartAsync(Records.Run, default);
        await mirror.WriteAsync([Records.Point("loss", 1)], default);
        mirror.RunId.Should().Be(ScriptedPeer.RunId);
        peer.Metrics.Should().ContainSingle();
    }

    [Fact]
    [ParityRow("mlflow/timeout", "3 s")]
    public async Task A_server_that_does_not_answer_is_given_up_after_its_time()
    {
        new MlflowOptions().RequestTimeout.Should().Be(TimeSpan.FromSeconds(3), "that is 3 s");
        await using ScriptedPeer peer = new();
        peer.Script = static _ => new PeerAnswer(200, "") { Never = true };
        await using MlflowMirror mirror = new(new MlflowOptions { TrackingUri = peer.Address, RequestTimeout = TimeSpan.FromMilliseconds(50), FlushInterval = default });
        Func<Task> start = async () => await mirror.StartAsync(Records.Run, default);

        await start.Should().ThrowAsync<MlflowException>().WithMessage("*did not answer within 0.05 s*tried 3 times*");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(70)]
    public async Task An_answer_that_ends_in_the_middle_is_asked_for_again(int after)
    {
        await using ScriptedPeer peer = new();
        await using MlflowMirror mirror = await StartedAsync(peer);
        int failures = 2;
        peer.Script = request => request.Call == "runs/log-batch" && failures-- > 0 ? new PeerAnswer(200, new string(' ', 1000) + "{}") { Cut = after } : null;
        await mirror.WriteAsync([Records.Point("loss", 1)], default);

        mirror.Delivery.Should().Be(new MlflowDelivery(Metrics: 1, Facts: 0, Dropped: 0, Skipped: 0));
    }

    [Theory]
    [InlineData("Retry-After: 2\r\n", 2)]
    [InlineData("Retry-After: 86400\r\n", 10)]
    [InlineData("Retry-After: Thu, 01 Jan 1970 00:00:00 GMT\r\n", 0)]
    public async Task A_pause_that_the_server_asks_for_is_kept_as_far_as_it_makes_sense(string header, int seconds)
    {
        await using ScriptedPeer peer = new();
        await using MlflowMirror mirror = await StartedAsync(peer);
        int failures = 1;
        peer.Script = request => failures-- > 0 ? new PeerAnswer(429, "", "text/plain", header) : null;
        await mirror.WriteAsync([Records.Point("loss", 1)], default);

        _clock.Pauses.Where(pause => pause > TimeSpan.Zero).Should().Equal(
            seconds == 0 ? [] : [TimeSpan.FromSeconds(seconds)]);
        mirror.Delivery.Metrics.Should().Be(1);
    }

    [Fact]
    public async Task A_run_whose_answer_is_lost_is_found_and_not_created_twice()
    {
        await using ScriptedPeer peer = new();
        int failures = 1;
        peer.Script = request => request.Call switch
        {
            "runs/create" when failures-- > 0 => new PeerAnswer(200, "{}") { Cut = 5 },
            "runs/search" => new PeerAnswer(200, """{"runs":[{"info":{"run_id":"found"}}]}"""),
            _ => null,
        };
        await using MlflowMirror mirror = Mirror(peer.Address);
        await mirror.StartAsync(Records.Run, default);

        mirror.RunId.Should().Be("found");
        PeerRequest created = peer.Of("runs/create").Should().ContainSingle().Subject;
        string mark = created.Json.GetProperty("tags").EnumerateArray().Single(tag => tag.GetProperty("key").GetString() == "metrana.mirror")
            .GetProperty("value").GetString()!;
        peer.Of("runs/search").Should().ContainSingle().Which.Json.GetProperty("filter").GetString().Should().Be($"tags.\"metrana.mirror\" = '{mark}'");
    }

    [Fact]
    [ParityRow("mlflow/bad-key", "one", "bad")]
    public async Task One_bad_value_costs_no_other()
    {
        await using ScriptedPeer peer = new();
        await using MlflowMirror mirror = await StartedAsync(peer);
        peer.Script = static request => request.Body.Contains("bad", StringComparison.Ordinal) ? PeerAnswer.Error(400, "INVALID_PARAMETER_VALUE", "I do not like it") : null;
        Func<Task> write = async () => await mirror.WriteAsync(
            [.. Enumerable.Range(0, 100).Select(i => Records.Point(i == 37 ? "bad" : $"m{i}", i)), Records.Attributes(("config/bad", 1), ("config/good", 2))],
            default);

        await write.Should().ThrowAsync<MlflowException>().WithMessage("*I do not like it*2 values*are lost*0 wait*");
        mirror.Delivery.Should().Be(new MlflowDelivery(Metrics: 99, Facts: 1, Dropped: 2, Skipped: 0));
    }

    [Fact]
    public async Task A_dead_server_is_felt_by_nobody_else()
    {
        // Ten minutes of a loop that logs fifty values a second, to a server that dies with the first of them.
        const int Values = 10 * 60 * 50;
        await using ScriptedPeer peer = new();
        peer.Script = static request => request.Call == "runs/log-batch" ? PeerAnswer.Error(503, "TEMPORARILY_UNAVAILABLE") : null;
        MlflowMirror dead = Mirror(peer.Address);
        CountingMirror alive = new();
        using Run run = Run.InMemory(mirrors: [dead, alive]);
        Series loss = run.Series("loss");
        for (int i = 0; i < Values; i++)
        {
            loss.Log(i);
        }

        run.Close(TimeSpan.FromSeconds(30));
        run.Recording.Points.Should().HaveCount(Values);
        alive.Values.Should().Be(Values);
        foreach (MirrorDelivery mirror in run.Mirrors)
        {
            mirror.Added.Should().Be(Values);
            mirror.Pending.Should().Be(0);
            (mirror.Written + mirror.Dropped).Should().Be(Values);
        }

        dead.Delivery.Metrics.Should().Be(0);
        run.Mirrors.Single(mirror => mirror.Mirror == "mlflow").Dropped.Should().Be(Values);
    }

    private MlflowMirror Mirror(string address) => new(new MlflowOptions { TrackingUri = address, Clock = _clock, RequestTimeout = _timeout, FlushInterval = default });

    private async Task<MlflowMirror> StartedAsync(ScriptedPeer peer)
    {
        MlflowMirror mirror = Mirror(peer.Address);
        await mirror.StartAsync(Records.Run, default);
        return mirror;
    }

    private sealed class CountingMirror : IRunMirror
    {
        public string Name => "counting";

        public long Values { get; private set; }

        public ValueTask StartAsync(MirroredRun run, CancellationToken cancellationToken) => default;

        public ValueTask WriteAsync(IReadOnlyList<RunRecord> records, CancellationToken cancellationToken)
        {
            Values += records.OfType<PointsRecord>().Sum(points => (long)points.Values.Length);
            return default;
        }

        public ValueTask EndAsync(MirroredEnd ended, CancellationToken cancellationToken) => default;

        public ValueTask DisposeAsync() => default;
    }
}
