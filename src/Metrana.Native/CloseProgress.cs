using Metrana.Native.Interop;

namespace Metrana.Native;

/// <summary>
/// Watches a close that takes a while: reports the counters to whoever asked for them, and says after two seconds what it waits for,
/// so that nobody takes it for a program that hangs.
/// </summary>
internal sealed class CloseProgress : IDisposable
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(0.25);
    private static readonly TimeSpan _silence = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(5);

    /// <summary>How long a pool that is busy is waited for; its threads are there then.</summary>
    private static readonly TimeSpan _preparing = TimeSpan.FromSeconds(0.25);

    private static int _prepared;

    private readonly LoggerCore _core;
    private readonly IProgress<Metrics>? _progress;
    private readonly Timer? _reports;
    private readonly Timer? _lines;
    private volatile bool _over;

    /// <param name="core">The logger that closes.</param>
    /// <param name="timeout">How long it may take, as the native side takes it.</param>
    /// <param name="progress">Who wants to know.</param>
    public CloseProgress(LoggerCore core, double timeout, IProgress<Metrics>? progress)
    {
        _core = core;
        _progress = progress;
        double limit = timeout < 0 ? Seconds.Of(core.CloseTimeout) : timeout;
        _reports = progress is null ? null : Begin(Report, TimeSpan.Zero, _interval);
        _lines = core.Config.SaysWhatClosingWaitsFor ? Begin(() => Say(limit), _silence, _pause) : null;
    }

    /// <summary>
    /// Has the runtime start its threads for timers while the process may start threads. Later it may not be able to, and a timer
    /// that goes off then would end the process. So this waits until one has gone off, once in a process.
    /// </summary>
    public static void Prepare()
    {
        if (Interlocked.Exchange(ref _prepared, 1) != 0)
        {
            return;
        }

        // Not disposed: where the pool is slow, the timer goes off after the wait.
        ManualResetEventSlim wentOff = new();
        using Timer? timer = Begin(wentOff.Set, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        if (timer is not null)
        {
            wentOff.Wait(_preparing);
        }
    }

    public void Dispose()
    {
        _over = true;
        _reports?.Dispose();
        _lines?.Dispose();
        _progress?.Report(_core.GetMetrics());
    }

    private static Timer? Begin(Action action, TimeSpan first, TimeSpan interval)
    {
        try
        {
            return new Timer(_ => action(), null, first, interval);
        }
        catch (OutOfMemoryException)
        {
            // What the runtime throws where the system refuses the process another thread.
            return null;
        }
    }

    private void Report()
    {
        if (!_over)
        {
            _progress!.Report(_core.GetMetrics());
        }
    }

    private void Say(double limit)
    {
        Metrics now = _core.GetMetrics();
        if (!_over && now.Total().Pending > 0)
        {
            _core.TellWaiting(now, limit);
        }
    }
}
