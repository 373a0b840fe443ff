using System.Diagnostics;
using System.Globalization;
using Metrana.Native;

namespace Metrana.Backends;

/// <summary>
/// Keeps the calls of a run whose service is not there yet, as far as the queue reaches, and makes them when it has appeared.
/// From then on every call goes straight through.
/// </summary>
internal sealed class WaitingBackend : Backend, IDisposable
{
    /// <summary>How long the end waits for a call that is being handed over, which waits for room as long as any other.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(1);

    private readonly object _gate = new();
    private readonly Queue<KeptCall> _calls = [];
    private readonly KindBooks _books = new();
    private readonly long _limit;
    private readonly RunConsole _console;
    private readonly CancellationTokenSource _giveUp = new();
    private readonly Task<Backend?> _opening;

    /// <summary>The service, once it has appeared. What was kept may still be on its way there.</summary>
    private volatile Backend? _service;

    /// <summary>The same, once nothing is kept any more: every call goes straight through.</summary>
    private volatile Backend? _open;

    private bool _gaveUp;
    private long _bytes;
    private long _lost;

    /// <param name="limit">How many bytes may be kept.</param>
    /// <param name="console">Where problems are said.</param>
    /// <param name="open">Opens the run at the service; null when it never will.</param>
    public WaitingBackend(long limit, RunConsole console, Func<CancellationToken, Task<Backend?>> open)
    {
        (_limit, _console) = (limit, console);
        _opening = Task.Run(() => OpenAsync(open));
    }

    public override bool RunWasCreated => _service?.RunWasCreated ?? true;

    public override string RunId => _service?.RunId ?? "";

    public override string? Stopped => _service?.Stopped;

    public override Metrics Metrics
    {
        get
        {
            lock (_gate)
            {
                // A call that is being handed over may be in both books for a moment, and never in none.
                return _books.With(_service?.Metrics ?? default);
            }
        }
    }

    public void Dispose() => _giveUp.Dispose();

    public override void Log(scoped in StdCall call, ReadOnlySpan<double> values)
    {
        if (_open is { } open)
        {
            open.Log(call, values);
        }
        else
        {
            Keep(KeptCall.Of(call, values));
        }
    }

    public override void Log(scoped in StdCall call, ReadOnlySpan<float> values)
    {
        if (_open is { } open)
        {
            open.Log(call, values);
        }
        else
        {
            Keep(KeptCall.Of(call, values));
        }
    }

    public override void LogTogether(scoped in StdCall shared, ReadOnlySpan<(string Metric, double Value)> metrics)
    {
        if (_open is { } open)
        {
            open.LogTogether(shared, metrics);
        }
        else
        {
            Keep(KeptCall.Of(shared, metrics));
        }
    }

    public override void Log(scoped in RlBlock block, ReadOnlySpan<double> values)
    {
        if (_open is { } open)
        {
            open.Log(block, values);
        }
        else
        {
            Keep(KeptCall.Of(block, values));
        }
    }

    public override void Log(scoped in RlBlock block, ReadOnlySpan<float> values)
    {
        if (_open is { } open)
        {
            open.Log(block, values);
        }
        else
        {
            Keep(KeptCall.Of(block, values));
        }
    }

    public override void LogHistogram(scoped in SetCall call, scoped in BinnedValues bins)
    {
        if (_open is { } open)
        {
            open.LogHistogram(call, bins);
        }
        else
        {
            Keep(KeptCall.Of(call, bins));
        }
    }

    public override void LogScatter(
        scoped in SetCall call, ReadOnlySpan<double> xs, ReadOnlySpan<double> ys, ReadOnlySpan<double> zs, bool is3D, AxisTitles titles)
    {
        if (_open is { } open)
        {
            open.LogScatter(call, xs, ys, zs, is3D, titles);
        }
        else
        {
            Keep(KeptCall.Of(call, xs, ys, zs, is3D, titles));
        }
    }

    public override void LogAttributes(string prefix, IReadOnlyDictionary<string, object?> leaves) =>
        Do(backend => backend.LogAttributes(prefix, leaves), DataKind.Attributes, leaves.Count);

    public override void LogEnvironmentAttributes(string environment, IReadOnlyDictionary<string, object?> leaves, long? episode) =>
        Do(backend => backend.LogEnvironmentAttributes(environment, leaves, episode), DataKind.EnvironmentAttributes, leaves.Count);

    public override void SetTags(string[] tags) => Do(backend => backend.SetTags(tags), DataKind.Attributes, 1);

    public override void UpdateTags(string[] added, string[] removed) => Do(backend => backend.UpdateTags(added, removed), DataKind.Attributes, 1);

    public override void SetDescription(string description) => Do(backend => backend.SetDescription(description), DataKind.Attributes, 1);

    public override long? GetLastStep(string metric, Native.Scale scale, LabelSpan labels) => _service?.GetLastStep(metric, scale, labels);

    public override (long? RlStep, long? Episode) GetEnvironmentProgress(string environment) =>
        _service?.GetEnvironmentProgress(environment) ?? default;

    public override long? GetLastRlStep() => _service?.GetLastRlStep();

    public override Native.Series? FindHandle(string metric, Native.Scale scale, LabelSpan labels) => _open?.FindHandle(metric, scale, labels);

    public override Native.RlSeries? FindRlHandle(
        string metric, Native.Scale scale, LabelSpan labels, bool episodic, StepStrategy strategy) =>
        _open?.FindRlHandle(metric, scale, labels, episodic, strategy);

    public override bool HasHandles => _open?.HasHandles ?? false;

    public override bool Outlives(MetranaException e) => _open?.Outlives(e) ?? false;

    public override IReadOnlyList<SenderError> TakeErrors() => _service?.TakeErrors() ?? [];

    public override void Flush(TimeSpan? timeout) => Task.Run(() => FlushAsync(timeout, CancellationToken.None)).GetAwaiter().GetResult();

    public override async Task FlushAsync(TimeSpan? timeout, CancellationToken cancellationToken)
    {
        Stopwatch watch = Stopwatch.StartNew();
        if (await WaitAsync(timeout ?? Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false) is not { } open)
        {
            throw new FlushTimeoutException(
                MetranaStatus.FlushTimeout, "The service of the run has not appeared yet, so nothing was delivered. Nothing is lost by that.");
        }

        await open.FlushAsync(Left(timeout, watch), cancellationToken).ConfigureAwait(false);
    }

    public override void End(EndOfRun end) => Task.Run(() => EndAsync(end)).GetAwaiter().GetResult();

    public override async Task EndAsync(EndOfRun end)
    {
        Stopwatch watch = Stopwatch.StartNew();
        Backend? open = await WaitAsync(end.Timeout, CancellationToken.None).ConfigureAwait(false);
        long waiting = Delivery.Pending;
        await _giveUp.CancelAsync().ConfigureAwait(false);

        // It may have appeared at the last moment, and then has to be closed. So has one that a kept call waits for room in: that wakes the call.
        open ??= await WaitAsync(_patience, CancellationToken.None).ConfigureAwait(false)
            ?? _service
            ?? await _opening.ConfigureAwait(false);
        if (open is null)
        {
            Dispose();
            throw new ClosingException(MetranaStatus.CloseTimeout, string.Create(
                CultureInfo.InvariantCulture, $"The service of the run did not appear, and {waiting} points were not delivered."));
        }

        try
        {
            await open.EndAsync(end with { Timeout = Left(end.Timeout, watch) ?? Timeout.InfiniteTimeSpan }).ConfigureAwait(false);
        }
        finally
        {
            await _opening.ConfigureAwait(false);
            Dispose();
        }

        if (_lost > 0)
        {
            throw new ClosingException(MetranaStatus.CloseTimeout, string.Create(
                CultureInfo.InvariantCulture, $"The run ended before {_lost} points that had waited for its service were handed over, and they are lost."));
        }
    }

    private static TimeSpan? Left(TimeSpan? timeout, Stopwatch watch) => timeout is not { } given || given == Timeout.InfiniteTimeSpan
        ? null
        : given > watch.Elapsed ? given - watch.Elapsed : TimeSpan.Zero;

    private async Task<Backend?> WaitAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            return await _opening.WaitAsync(timeout, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    private async Task<Backend?> OpenAsync(Func<CancellationToken, Task<Backend?>> open)
    {
        _service = await open(_giveUp.Token).ConfigureAwait(false);
        if (_service is { } service)
        {
            HandOver(service);
        }
        else
        {
            lock (_gate)
            {
                LoseAll();
            }
        }

        return _service;
    }

    /// <summary>
    /// Makes the kept calls, one by one: each may wait for room, and whoever logs or reads the counters meanwhile must not wait for that.
    /// </summary>
    private void HandOver(Backend service)
    {
        KeptBehind? behind = service.RunWasCreated ? null : new KeptBehind(service);
        while (Next(service) is { } kept)
        {
            bool isTaken = HandOver(kept, service, behind);
            lock (_gate)
            {
                _bytes -= kept.Bytes;
                if (isTaken)
                {
                    _books.HandOver(kept.Kind, kept.Points);
                }
                else
                {
                    _books.Lose(kept.Kind, kept.Points);
                }
            }
        }

        behind?.Tell(_console);
    }

    /// <summary>The call that was kept first. Null: there is none, and from now on every call goes straight through.</summary>
    private KeptCall? Next(Backend service)
    {
        lock (_gate)
        {
            if (_giveUp.IsCancellationRequested)
            {
                LoseAll();
            }

            if (_calls.TryDequeue(out KeptCall? kept))
            {
                return kept;
            }

            // Under the lock: nothing that is logged now may overtake what was kept.
            _open = service;
            return null;
        }
    }

    /// <summary>Makes a kept call. Whether it is in the books of the service now.</summary>
    private bool HandOver(KeptCall kept, Backend service, KeptBehind? behind)
    {
        try
        {
            behind?.Look(kept);
            kept.Make(service);
            return true;
        }
        catch (Exception e) when (e is MetranaException or ArgumentException)
        {
            _console.Warn(RunEvents.CallRefused, $"A call that waited for the service was refused: {e.Message}", ("Reason", e.Message));

            // What found no room is counted there.
            return e is QueueFullException;
        }
    }

    /// <summary>Nothing that is kept will be delivered.</summary>
    private void LoseAll()
    {
        _gaveUp = true;
        _lost += _calls.Sum(kept => (long)kept.Points);
        _calls.Clear();
        _books.LoseAll();
    }

    private void Do(Action<Backend> call, DataKind kind, int points)
    {
        if (_open is { } open)
        {
            call(open);
        }
        else
        {
            Keep(KeptCall.Of(call, kind, points));
        }
    }

    private void Keep(KeptCall call)
    {
        Backend? open;
        lock (_gate)
        {
            open = _open;
            if (open is null)
            {
                KeepOrRefuse(call);
            }
        }

        // It appeared since the caller looked. Outside the lock: the call may wait for room.
        if (open is not null)
        {
            call.Make(open);
        }
    }

    private void KeepOrRefuse(KeptCall call)
    {
        if (_gaveUp || _bytes + call.Bytes > _limit)
        {
            _books.Refuse(call.Kind, call.Points);
        }
        else
        {
            _bytes += call.Bytes;
            _books.Keep(call.Kind, call.Points);
            _calls.Enqueue(call);
        }
    }
}
