using System.Collections.Concurrent;
using System.Text.Json;

namespace Metrana.MLflow.Tests;

/// <summary>Faults between a run and a real server, which may have stored what the run never heard of: each thing is there once.</summary>
[Collection(SharedServer.Name)]
public class ProxyTests(MlflowServer server)
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(2);

    /// <summary>Calls that are not to be made twice, the first time that each is made.</summary>
    private static readonly string[] _calls = ["runs/create", "runs/log-batch", "runs/update"];

    [MlflowTheory]
    [InlineData(nameof(Fault.Refused))]
    [InlineData(nameof(Fault.Error))]
    [InlineData(nameof(Fault.Page))]
    [InlineData(nameof(Fault.Slow))]
    [InlineData(nameof(Fault.Cut))]
    [InlineData(nameof(Fault.TooMany))]
    [ParityRow("mlflow/once", "once", "lost")]
    public async Task Each_value_is_there_once_and_so_is_the_run_whose_answer_was_lost(string name)
    {
        Fault fault = Enum.Parse<Fault>(name);
        FaultClock clock = new(_patience);
        ConcurrentQueue<string> hit = new();
        await using FaultyProxy proxy = new(server.Address, request =>
        {
            string call = request.Target.Split('?')[0].Replace("/api/2.0/mlflow/", "", StringComparison.Ordinal);
            bool isOther = call == "runs/log-batch" && !request.Body.Contains("loss", StringComparison.Ordinal);
            if (fault == Fault.Refused || isOther || !_calls.Contains(call) || hit.Contains(call))
            {
                return Fault.None;
            }

            hit.Enqueue(call);
            return fault;
        });
        proxy.OnSlow = clock.GiveUp;
        clock.OnPause = proxy.Open;
        string experiment = $"fault-{name}";
        MlflowMirror mirror = new(new MlflowOptions
        {
            TrackingUri = proxy.Address,
            ExperimentName = experiment,
            Clock = clock,
            RequestTimeout = _patience,
            FlushInterval = default,
        });
        ShutIf(fault);
        Run run = Run.InMemory(mirrors: [mirror]);
        await Eventually.ShouldAsync(() => mirror.RunId is not null, "the run is created", _patience);
        ShutIf(fault);
        run.LogConfig(new { lr = 0.1 });
        run.Log("loss", [5.0, 4.0, 3.0, 2.0, 1.0]);
        await Eventually.ShouldAsync(() => run.Mirrors[0].Pending == 0, "it is written", _patience);
        ShutIf(fault);
        run.Close(_patience);

        hit.Should().Equal(fault == Fault.Refused ? [] : _calls);
        clock.Pauses.Count.Should().BeGreaterThanOrEqualTo(3, "each of the faults was met");
        clock.Pauses.Where(pause => pause == TimeSpan.FromSeconds(2)).Should().HaveCount(fault == Fault.TooMany ? 3 : 0, "the pause is the one that is asked for");
        mirror.Delivery.Should().Be(new MlflowDelivery(Metrics: 5, Facts: 1, Dropped: 0, Skipped: 0));
        JsonElement stored = (await server.GetAsync($"experiments/get-by-name?experiment_name={experiment}")).GetProperty("experiment");
        JsonElement runs = await server.PostAsync(
            "api/2.0/mlflow/runs/search", $$"""{"experiment_ids":["{{stored.GetProperty("experiment_id").GetString()}}"],"max_results":10}""");
        runs.GetProperty("runs").EnumerateArray().Select(one => one.GetProperty("info").GetProperty("run_id").GetString())
            .Should().Equal([mirror.RunId], "the run is created once");
        (await server.HistoryAsync(mirror.RunId!, "loss")).OrderBy(point => point.Step).Select(point => (point.Step, point.Value))
            .Should().Equal((0, "5.0"), (1, "4.0"), (2, "3.0"), (3, "2.0"), (4, "1.0"));
        MlflowServer.StoredRun read = await server.RunAsync(mirror.RunId!);
        (read.Status, read.Params["lr"]).Should().Be(("FINISHED", "0.1"));

        void ShutIf(Fault shuts)
        {
            if (shuts == Fault.Refused)
            {
                proxy.Shut();
            }
        }
    }

    /// <summary>A clock on which pauses are over at once, and a request has no end until somebody gives it up.</summary>
    private sealed class FaultClock(TimeSpan timeout) : TimeProvider
    {
        private readonly ConcurrentQueue<TimeSpan> _pauses = new();
        private readonly ConcurrentDictionary<Bell, bool> _requests = new();

        public Action OnPause { get; set; } = static () => { };

        public IReadOnlyList<TimeSpan> Pauses => [.. _pauses];

        public void GiveUp()
        {
            foreach (Bell bell in _requests.Keys)
            {
                bell.Ring();
            }
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime == timeout)
            {
                Bell bell = new(this, () => callback(state));
                _requests[bell] = true;
                return bell;
            }

            if (dueTime == Timeout.InfiniteTimeSpan)
            {
                return System.CreateTimer(callback, state, dueTime, period);
            }

            _pauses.Enqueue(dueTime);
            OnPause();
            return System.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }

        private sealed class Bell(FaultClock clock, Action ring) : ITimer
        {
            public void Ring() => ring();

            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose() => clock._requests.TryRemove(this, out _);

            public ValueTask DisposeAsync()
            {
                Dispose();
                return ValueTask.CompletedTask;
            }
        }
    }
}
