using System.Diagnostics;
using Metrana.Native.Interop;

namespace Metrana.Native;

/// <summary>
/// Knows the loggers that are open and closes the forgotten ones when the process ends: at its normal end, when nobody catches
/// an exception, and on SIGTERM, Ctrl-C, SIGHUP and SIGQUIT. Then no <c>using</c> disposes anything, and the last points are
/// the ones that people want to see. The program's own handlers have run before: see <see cref="ProcessEnd"/>.
/// </summary>
internal static class ExitGuard
{
    private static readonly TimeSpan _patienceForLastLines = TimeSpan.FromSeconds(1);

    /// <summary>How much longer than its own timeout a close may take before the process ends without it.</summary>
    private static readonly TimeSpan _grace = TimeSpan.FromSeconds(2);

    private static readonly object _gate = new();
    private static readonly HashSet<LoggerCore> _open = [];
    private static bool _watching;

    /// <summary>Not 0: the loggers are being closed. A second signal ends the process without waiting for that.</summary>
    private static int _ending;

    /// <summary>Whether a signal is ending the process, for certain, as soon as the loggers are closed.</summary>
    private static volatile bool _dying;

    /// <summary>
    /// Told why the process ends before anything is closed, and whether a signal is the reason: who owns loggers and knows how
    /// it went closes them now.
    /// </summary>
    public static Action<string, bool>? Closing { get; set; }

    /// <summary>The loggers that are open at this moment.</summary>
    public static LoggerCore[] Snapshot()
    {
        lock (_gate)
        {
            return [.. _open];
        }
    }

    public static void Watch(LoggerCore logger)
    {
        lock (_gate)
        {
            _open.Add(logger);
            if (_watching)
            {
                return;
            }

            _watching = true;
        }

        ProcessEnd.Listen(End, OnSignal);
    }

    public static void Forget(LoggerCore logger)
    {
        lock (_gate)
        {
            _open.Remove(logger);
        }
    }

    private static void End(string occasion)
    {
        Volatile.Write(ref _ending, 1);
        Closing?.Invoke(occasion, false);
        CloseAll(occasion);
        EventPump.Stop(_patienceForLastLines);
    }

    /// <summary>
    /// When this returns, the process ends: the runtime raises no ProcessExit for a signal. Where a handler of the program's
    /// may still come and keep the process alive, everything is delivered and nothing is closed.
    /// </summary>
    private static void OnSignal(string occasion)
    {
        if (Interlocked.Exchange(ref _ending, 1) != 0)
        {
            return;
        }

        if (ProcessEnd.SignalsComeLast)
        {
            _dying = true;
            Closing?.Invoke(occasion, true);
            CloseAll(occasion);
            EventPump.Shared.Lines.Drain(_patienceForLastLines);
        }
        else
        {
            SideBySide(logger => logger.BeginFlush(occasion), static _ => { });
            Volatile.Write(ref _ending, 0);
        }
    }

    /// <summary>
    /// Holds a thread that wants to log while a signal ends the process: an exception would turn a clean end into a crash, and
    /// there is nothing after it. The wait is as long as closing takes.
    /// </summary>
    public static void StandStill()
    {
        if (_dying)
        {
            Thread.CurrentThread.Join(Timeout.InfiniteTimeSpan);
        }
    }

    private static void CloseAll(string occasion) =>
        SideBySide(logger => logger.BeginClose(occasion), static logger => logger.Release(_grace));

    /// <summary>
    /// All of them together take no longer than the most patient one, and hold no thread but this. What has not ended by then
    /// is left behind.
    /// </summary>
    private static void SideBySide(Func<LoggerCore, Task> begin, Action<LoggerCore> after)
    {
        (LoggerCore Logger, Task Ended)[] loggers = [.. Snapshot().Select(logger => (logger, begin(logger)))];
        Stopwatch watch = Stopwatch.StartNew();
        foreach ((LoggerCore logger, Task ended) in loggers)
        {
            TimeSpan left = logger.CloseTimeout + _grace - watch.Elapsed;
            if (logger.Await(ended, logger.CloseTimeout < TimeSpan.Zero ? Timeout.InfiniteTimeSpan : left < TimeSpan.Zero ? TimeSpan.Zero : left))
            {
                after(logger);
            }
        }
    }
}
