using System.Text.Json;
using Metrana.Mirrors;
using Metrana.MLflow.Writing;

namespace Metrana.MLflow.Tests;

/// <summary>What requests look like: the server takes some mistakes without a word and stores something else.</summary>
public class RequestTests
{
    private readonly HastyClock _clock = new(TimeSpan.FromSeconds(3));

    [Fact]
    [ParityRow("mlflow/create", "runs/create", "MLFLOW_EXPERIMENT_ID", "0")]
    public async Task A_run_is_created_in_the_experiment_of_the_variable_or_in_the_one_that_every_server_has()
    {
        await using ScriptedPeer peer = new();
        foreach ((string? variable, string id) in new[] { (null, "0"), ("12", "12") })
        {
            await using MlflowMirror mirror = new(MlflowSettings.Resolve(
                new MlflowOptions { TrackingUri = peer.Address }, name => name == "MLFLOW_EXPERIMENT_ID" ? variable : null));
            await mirror.StartAsync(Records.Run, default);

            JsonElement create = peer.Of("runs/create")[^1].Json;
            create.GetProperty("experiment_id").ValueKind.Should().Be(JsonValueKind.String, "a number is refused");
            create.GetProperty("experiment_id").GetString().Should().Be(id);
            create.GetProperty("start_time").GetInt64().Should().Be(Records.Time.ToUnixTimeMilliseconds());
            create.GetProperty("run_name").GetString().Should().Be("ppo-7");
            mirror.RunId.Should().Be(ScriptedPeer.RunId);
            mirror.Url.Should().Be($"{peer.Address}/#/experiments/{id}/runs/{ScriptedPeer.RunId}");
        }
    }

    [Fact]
    [ParityRow("mlflow/given-run", "--mlflow-run-id", "created")]
    public async Task A_given_run_is_used_and_none_is_created()
    {
        await using ScriptedPeer peer = new();
        await using MlflowMirror mirror = Mirror(peer, new MlflowOptions().ReadArguments(["--config", "a.yaml", "--mlflow-run-id", "given"]));
        await mirror.StartAsync(Records.Run, default);
        await mirror.WriteAsync([Records.Point("loss", 1)], default);

        peer.Of("runs/get").Should().ContainSingle().Which.Path.Should().EndWith("?run_id=given");
        peer.Of("runs/create").Should().BeEmpty();
        peer.Of("runs/log-batch").Should().ContainSingle().Which.Json.GetProperty("run_id").GetString().Should().Be("given");
        mirror.Url.Should().Be($"{peer.Address}/#/experiments/5/runs/given", "the run is where it is");
    }

    [Fact]
    public async Task An_experiment_is_found_by_its_name_or_created_and_somebody_else_may_be_faster()
    {
        await using ScriptedPeer peer = new();
        await using MlflowMirror created = Mirror(peer, new MlflowOptions { ExperimentName = "walker & co" });
        await created.StartAsync(Records.Run, default);
        peer.Of("experiments/get-by-name").Should().ContainSingle(request => request.Path.EndsWith("?experiment_name=walker%20%26%20co"));
        peer.Of("runs/create")[^1].Json.GetProperty("experiment_id").GetString().Should().Be("7");

        int missing = 1;
        peer.Script = request => request.Call switch
        {
            "experiments/get-by-name" when missing-- <= 0 => new PeerAnswer(200, """{"experiment":{"experiment_id":"8","name":"x"}}"""),
            "experiments/create" => PeerAnswer.Error(400, "RESOURCE_ALREADY_EXISTS"),
            _ => null,
        };
        await using MlflowMirror raced = Mirror(peer, new MlflowOptions { ExperimentName = "x" });
        await raced.StartAsync(Records.Run, default);
        peer.Of("runs/create")[^1].Json.GetProperty("experiment_id").GetString().Should().Be("8");
    }

    [Fact]
    public async Task A_run_that_is_continued_goes_on_in_its_run_of_MLflow()
    {
        await using ScriptedPeer peer = new();
        peer.Script = static request => request.Call == "runs/search" ? new PeerAnswer(200, """{"runs":[{"info":{"run_id":"before"}}]}""") : null;
        await using MlflowMirror mirror = Mirror(peer);
        await mirror.StartAsync(Records.Run with { WasCreated = false }, default);

        mirror.RunId.Should().Be("before");
        peer.Of("runs/search").Single().Json.GetProperty("filter").GetString().Should().Be("tags.\"metrana.run_id\" = 'abc'");
        peer.Of("runs/update").Single().Json.GetProperty("status").GetString().Should().Be("RUNNING");
        peer.Of("runs/create").Should().BeEmpty();
    }

    [Fact]
    [ParityRow("mlflow/not-finite", "NaN", "Infinity")]
    public async Task NaN_and_the_infinities_are_texts_and_numbers_keep_every_bit()
    {
        await using ScriptedPeer peer = new();
        await using MlflowMirror mirror = await StartedAsync(peer);
        await mirror.WriteAsync(
            [Records.Points("x", [double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0.12345678901234568, 5e-324, 1e308], [0, 1, 2, 3, 4, long.MaxValue])],
            default);

        JsonElement[] metrics = [.. peer.Of("runs/log-batch").Single().Json.GetProperty("metrics").EnumerateArray()];
        metrics.Select(metric => metric.GetProperty("value").GetRawText()).Should().Equal(
            "\"NaN\"", "\"Infinity\"", "\"-Infinity\"", "0.12345678901234568", "5E-324", "1E+308");
        metrics.Select(metric => metric.GetProperty("step").GetInt64()).Should().Equal(0, 1, 2, 3, 4, long.MaxValue);
        metrics.Should().OnlyContain(metric => metric.GetProperty("timestamp").GetInt64() == Records.Time.ToUnixTimeMilliseconds());
    }

    [Fact]
    [ParityRow("mlflow/limits", "1000", "100")]
    public async Task Requests_hold_no_more_than_1000_metrics_or_100_parameters_and_stay_below_the_largest_size()
    {
        await using ScriptedPeer peer = new();
        await using MlflowMirror mirror = await StartedAsync(peer);
        await mirror.WriteAsync([Records.Points("m", new double[2500], new long[2500])], default);
        Counts("metrics").Should().Equal(1000, 1000, 500);
        await mirror.WriteAsync([Records.Attributes([.. Enumerable.Range(0, 250).Select(i => ($"config/p{i}", (object?)i))])], default);
        Counts("params").Should().Equal(100, 100, 50);
        await mirror.WriteAsync([Records.Attributes([.. Enumerable.Range(0, 120).Select(i => ($"t{i}", (object?)new string('ä', 7000)))])], default);
        Counts("tags").Sum().Should().Be(120);
        string name = new('ü', 240);
        await mirror.WriteAsync([.. Enumerable.Range(0, 900).Select(i => Records.Point($"{name}{i}", i))], default);

        peer.Requests.Should().OnlyContain(request => int.Parse(request.Headers.GetValueOrDefault("Content-Length", "0")) < 1_000_000);
        peer.Metrics.Should().HaveCount(3400);
        mirror.Delivery.Should().Be(new MlflowDelivery(Metrics: 3400, Facts: 370, Dropped: 0, Skipped: 0));

        IEnumerable<int> Counts(string what) => peer.Of("runs/log-batch").Where(request => request.Json.TryGetProperty(what, out _))
            .Select(request => request.Json.GetProperty(what).GetArrayLength());
    }

    [Fact]
    [ParityRow("mlflow/flush", "50", "1 s")]
    public async Task Few_metrics_wait_1_s_and_50_go_at_once()
    {
        await using ScriptedPeer peer = new();
        MlflowMirror mirror = new(new MlflowOptions { TrackingUri = peer.Address, Clock = _clock });
        (mirror.Linger, mirror.LingerPoints).Should().Be((TimeSpan.FromSeconds(1), 50), "that is 1 s");
        Run run = Run.InMemory(new StandingClock(), [mirror]);
        for (int i = 0; i < 50; i++)
        {
            run.Log("x", i);
        }

        await Eventually.ShouldAsync(() => peer.Of("runs/log-batch").Count == 1, "50 go at once");
        run.Log("x", 50);
        run.Close();

        peer.Of("runs/log-batch").Select(request => request.Json.GetProperty("metrics").GetArrayLength())
            .Should().Equal([50, 1], "none before went alone, and the end waits for nothing");
        _clock.Pauses.Should().BeEmpty();
    }

    [Theory]
    [InlineData(RunOutcome.Finished, "FINISHED")]
    [InlineData(RunOutcome.Failed, "FAILED")]
    [InlineData(RunOutcome.Aborted, "KILLED")]
    [InlineData(RunOutcome.Running, null)]
    [ParityRow("mlflow/status", "FINISHED", "FAILED", "KILLED")]
    public async Task The_outcome_is_the_status(RunOutcome outcome, string? status)
    {
        await using ScriptedPeer peer = new();
        await using MlflowMirror mirror = await StartedAsync(peer);
        await mirror.EndAsync(Records.End(outcome, "why"), default);

        peer.Of("runs/update").Select(request => request.Json.GetProperty("status").GetString()).Should().Equal(status is null ? [] : [status]);
        peer.Of("runs/update").Select(request => request.Json.GetProperty("end_time").GetInt64())
            .Should().Equal(status is null ? [] : [Records.Time.AddMinutes(1).ToUnixTimeMilliseconds()]);
        peer.Of("runs/log-batch").Single().Json.GetProperty("tags")[0].GetProperty("value").GetString().Should().Be("why");
    }

    [Fact]
    public async Task A_parameter_keeps_its_first_value_and_a_later_one_is_a_tag()
    {
        await using ScriptedPeer peer = new();
        await using MlflowMirror mirror = await StartedAsync(peer);
        await mirror.WriteAsync([Records.Attributes(("config/lr", 0.1), ("config/flag", true), ("config/none", null)), Records.Attributes(("config/lr", 0.2), ("config/flag", true))], default);

        JsonElement[] batches = [.. peer.Of("runs/log-batch").Select(request => request.Json)];
        batches[0].GetProperty("params").EnumerateArray().Select(one => (one.GetProperty("key").GetString(), one.GetProperty("value").GetString()))
            .Should().Equal(("lr", "0.1"), ("flag", "true"), ("none", ""));
        batches[1].GetProperty("tags").EnumerateArray().Select(one => (one.GetProperty("key").GetString(), one.GetProperty("value").GetString()))
            .Should().Equal(("lr", "0.2"));
    }

    [Theory]
    [InlineData("trainer/critic_loss", "trainer/critic_loss")]
    [InlineData("a b-c.d:e_f/9", "a b-c.d:e_f/9")]
    [InlineData("größe/损失", "größe/损失")]
    [InlineData("loss@gpu#1 (50%), x=y!", "loss_gpu_1 _50___ x_y_")]
    [InlineData("/a//b/", "a/b")]
    [InlineData("a/../b/./c", "a/__/b/_/c")]
    [InlineData("..a/b", "__a/b")]
    [InlineData("a\\b\u0000c\nd", "a_b_c_d")]
    [InlineData("😀", "__")]
    [InlineData("", "_")]
    [InlineData("///", "_")]
    [ParityRow("mlflow/keys", "characters", "replaced")]
    public void Other_characters_than_the_server_takes_are_replaced(string name, string key) => MetricKeys.Clean(name).Should().Be(key);

    [Fact]
    public void Series_that_differ_have_keys_that_differ()
    {
        MetricKeys keys = new();
        Dictionary<string, string> none = [];
        Dictionary<string, string> greedy = new() { ["policy"] = "greedy", ["a"] = "1" };
        string end = new('x', 300);
        string[] all =
        [
            keys.Of("loss", "ML_STEP", none), keys.Of("loss", "EPOCH", none), keys.Of("loss", "ML_STEP", greedy), keys.Of("a@b", "ML_STEP", none),
            keys.Of("a#b", "ML_STEP", none), keys.Of("a%b", "ML_STEP", none), keys.Of(end + "1", "ML_STEP", none), keys.Of(end + "2", "ML_STEP", none),
            keys.Of("loss", "ML_STEP", none, "mean"),
        ];

        all[..6].Should().Equal("loss", "loss.EPOCH", "loss/a:1/policy:greedy", "a_b", "a_b.ML_STEP", "a_b.3");
        all.Should().OnlyHaveUniqueItems().And.OnlyContain(key => key.Length <= 250);
        keys.Of("a#b", "ML_STEP", none).Should().Be("a_b.ML_STEP", "it is the same each time");
        keys.Of("eval/loss", "ML_STEP", new Dictionary<string, string> { ["evaluation"] = "true" }).Should().Be("eval/loss");
    }

    private MlflowMirror Mirror(ScriptedPeer peer, MlflowOptions? options = null)
    {
        options ??= new MlflowOptions();
        (options.TrackingUri, options.Clock, options.FlushInterval) = (peer.Address, _clock, default);
        return new MlflowMirror(MlflowSettings.Resolve(options, static _ => null));
    }

    private async Task<MlflowMirror> StartedAsync(ScriptedPeer peer)
    {
        MlflowMirror mirror = Mirror(peer);
        await mirror.StartAsync(Records.Run, default);
        return mirror;
    }

    /// <summary>A clock on which no pause is ever over.</summary>
    private sealed class StandingClock : TimeProvider
    {
        public override long GetTimestamp() => 0;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
