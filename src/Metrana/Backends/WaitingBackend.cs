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
    /// <summary>What a kept call takes beside its values, roughly.</summary>
    private const int BytesOfCall = 256;

    private readonly object _gate = new();
    private readonly Queue<(Action<Backend> Call, DataKind Kind, int Points, long Bytes)> _calls = [];
    private readonly KindBooks _books = new();
    private readonly long _limit;
    private readonly RunConsole _console;
    private readonly CancellationTokenSource _giveUp = new();
    private readonly Task<Backend?> _opening;

    private volatile Backend? _open;
    private bool _gaveUp;
    private long _bytes;

    /// <param name="limit">How many bytes may be kept.</param>
    /// <param name="console">Where problems are said.</param>
    /// <param name="open">Opens the run at the service; null when it never will.</param>
    public WaitingBackend(long limit, RunConsole console, Func<CancellationToken, Task<Backend?>> open)
    {
        (_limit, _console) = (limit, console);
        _opening = Task.Run(() => OpenAsync(open));
    }

    public override bool RunWasCreated => _open?.RunWasCreated ?? true;

    public override string RunId => _open?.RunId ?? "";

    public override string? Stopped => _open?.Stopped;

    public override Metrics Metrics
    {
        get
        {
            lock (_gate)
            {
                return _books.With(_open?.Metrics ?? default);
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
            Keep(KeptCall.Of(call, values), DataKind.Floats, values.Length, values.Length * sizeof(double));
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
            Keep(KeptCall.Of(call, values), DataKind.Floats, values.Length, values.Length * sizeof(float));
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
            Keep(KeptCall.Of(shared, metrics), DataKind.Floats, metrics.Length, metrics.Length * 2 * sizeof(double));
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
            Keep(KeptCall.Of(block, values), DataKind.RlFloats, values.Length, values.Length * sizeof(double));
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
            Keep(KeptCall.Of(block, values), DataKind.RlFloats, values.Length, values.Length * sizeof(float));
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
            Keep(KeptCall.Of(call, bins), DataKind.Histograms, 1, bins.Edges.Length * 2 * sizeof(double));
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
            Keep(KeptCall.Of(call, xs, ys, zs, is3D, titles), DataKind.Scatters, 1, xs.Length * 3 * sizeof(double));
        }
    }

    public override void LogAttributes(string prefix, IReadOnlyDictionary<string, object?> leaves) =>
        Do(backend => backend.LogAttributes(prefix, leaves), DataKind.Attributes, leaves.Count);

    public override void LogEnvironmentAttributes(string environment, IReadOnlyDictionary<string, object?> leaves, long? episode) =>
        Do(backend => backend.LogEnvironmentAttributes(environment, leaves, episode), DataKind.EnvironmentAttributes, leaves.Count);

    public override void SetTags(string[] tags) => Do(backend => backend.SetTags(tags), DataKind.Attributes, 1);

    public override void UpdateTags(string[] added, string[] removed) => Do(backend => backend.UpdateTags(added, removed), DataKind.Attributes, 1);

    public override void SetDescription(string description) => Do(backend => backend.SetDescription(description), DataKind.Attributes, 1);

    public override long? GetLastStep(string metric, Native.Scale scale, LabelSpan labels) => _open?.GetLastStep(metric, scale, labels);

    public override (long? RlStep, long? Episode) GetEnvironmentProgress(string environment) =>
        _open?.GetEnvironmentProgress(environment) ?? default;

    public override long? GetLastRlStep() => _open?.GetLastRlStep();

    public override Native.Series? FindHandle(string metric, Native.Scale scale, LabelSpan labels) => _open?.FindHandle(metric, scale, labels);

    public override Native.RlSeries? FindRlHandle(
        string metric, Native.Scale scale, LabelSpan labels, bool episodic, StepStrategy strategy) =>
        _open?.FindRlHandle(metric, scale, labels, episodic, strategy);

    public override bool Outlives(MetranaException e) => _open?.Outlives(e) ?? false;

    public override IReadOnlyList<SenderError> TakeErrors() => _open?.TakeErrors() ?? [];

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

        // It may have opened at the last moment, and then has to be closed.
        open ??= await _opening.ConfigureAwait(false);
        Dispose();
        if (open is null)
        {
            throw new ClosingException(MetranaStatus.CloseTimeout, string.Create(
                CultureInfo.InvariantCulture, $"The service of the run did not appear, and {waiting} points were not delivered."));
        }

        await open.EndAsync(end with { Timeout = Left(end.Timeout, watch) ?? Timeout.InfiniteTimeSpan }).ConfigureAwait(false);
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
        Backend? backend = await open(_giveUp.Token).ConfigureAwait(false);
        lock (_gate)
        {
            if (backend is null)
            {
                _gaveUp = true;
                _books.LoseAll();
                _calls.Clear();
                return null;
            }

            while (_calls.TryDequeue(out var kept))
            {
                try
                {
                    kept.Call(backend);
                    _books.HandOver(kept.Kind, kept.Points);
                }
                catch (Exception e) when (e is MetranaException or ArgumentException)
                {
                    _books.Lose(kept.Kind, kept.Points);
                    _console.Warn(RunEvents.CallRefused, $"A call that waited for the service was refused: {e.Message}", ("Reason", e.Message));
                }
            }

            _open = backend;
            return backend;
        }
    }

    private void Do(Action<Backend> call, DataKind kind, int points)
    {
        if (_open is { } open)
        {
            call(open);
        }
        else
        {
            Keep(call, kind, points, 0);
        }
    }

    private void Keep(Action<Backend> call, DataKind kind, int points, long bytes)
    {
        lock (_gate)
        {
            if (_open is { } open)
            {
                call(open);
            }
            else if (_gaveUp || _bytes + bytes + BytesOfCall > _limit)
            {
                _books.Refuse(kind, points);
            }
            else
            {
                _bytes += bytes + BytesOfCall;
                _books.Keep(kind, points);
                _calls.Enqueue((call, kind, points, bytes));
            }
        }
    }
}
