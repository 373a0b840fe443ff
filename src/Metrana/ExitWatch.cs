using System.Runtime.InteropServices;
using Metrana.Native;

namespace Metrana;

/// <summary>
/// Knows the runs that are open, and ends the forgotten ones with the process. The engine would close their loggers, but does
/// not know how a run went; so it asks here first, after the program's own handlers have run.
/// </summary>
internal static class ExitWatch
{
    private static readonly object _gate = new();
    private static readonly HashSet<Run> _open = [];
    private static readonly EndedRuns _ended = new();

    /// <summary>Kept, because a registration that is collected is one that is gone.</summary>
    private static readonly List<PosixSignalRegistration> _signals = [];

    private static bool _watching;

    /// <summary>Whether the process is ending: then a late log call is no mistake.</summary>
    public static bool IsEnding { get; private set; }

    public static void Watch(Run run)
    {
        lock (_gate)
        {
            _open.Add(run);
            if (_watching)
            {
                return;
            }

            _watching = true;
        }

        ExitGuard.Closing = EndAll;
        ThrownHere.Listen();
        AppDomain.CurrentDomain.UnhandledException += (_, e) =>
        {
            if (e.IsTerminating && e.ExceptionObject is Exception exception)
            {
                Array.ForEach(Snapshot(), run => run.Fail(exception));
                SideBySide(_ended.LeftBy(exception), run => run.FailAfterAll(exception));
            }
        };
        Hear(PosixSignal.SIGTERM, "SIGTERM");
        Hear(PosixSignal.SIGINT, "Ctrl-C");
        Hear(PosixSignal.SIGHUP, "SIGHUP");
    }

    /// <summary>Forgets a run that has ended.</summary>
    /// <param name="run">The run.</param>
    /// <param name="thrown">What was thrown in its block, where the run ended as finished: that may have left the block.</param>
    public static void Forget(Run run, WeakReference<Exception>[] thrown)
    {
        lock (_gate)
        {
            _open.Remove(run);
        }

        if (thrown.Length > 0)
        {
            _ended.Add(run, thrown);
        }
    }

    /// <summary>The runs that are open.</summary>
    public static Run[] Snapshot()
    {
        lock (_gate)
        {
            return [.. _open];
        }
    }

    /// <summary>
    /// The runs take the signal as their outcome, no matter what ends them: the program, later, if it handles the signal, or else
    /// the end of the process.
    /// </summary>
    private static void Hear(PosixSignal signal, string name)
    {
        try
        {
            _signals.Add(PosixSignalRegistration.Create(signal, _ => Array.ForEach(Snapshot(), run => run.Interrupt(name))));
        }
        catch (PlatformNotSupportedException)
        {
            // No such signal here: then nothing ends this process that way.
        }
    }

    private static void EndAll(string occasion, bool bySignal)
    {
        IsEnding = true;
        Run[] runs = Snapshot();
        if (bySignal)
        {
            Array.ForEach(runs, run => run.Interrupt(occasion));
        }

        SideBySide(runs, static run => run.Dispose());
    }

    private static void SideBySide(Run[] runs, Action<Run> action)
    {
        Thread[] threads = [.. runs.Select(run => new Thread(() => action(run)) { IsBackground = true })];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
    }
}
