using System.Runtime.InteropServices;
using Metrana.Native.Interop;

namespace Metrana.Native;

/// <summary>
/// Knows the loggers that are open and closes the forgotten ones when the process ends: at its normal end, and where it
/// has none, on SIGTERM and when nobody catches an exception. Then no <c>using</c> disposes anything, and the last points
/// are those that people want to see. On Ctrl-C (SIGINT), which many a program takes for a wish and not for its end, it
/// delivers what there is and closes nothing.
/// </summary>
internal static class ExitGuard
{
    private static readonly TimeSpan _patienceForLastLines = TimeSpan.FromSeconds(1);
    private static readonly object _gate = new();
    private static readonly HashSet<LoggerCore> _open = [];

#pragma warning disable IDE0052 // Never read, only kept: a registration that is collected is one that is gone.
    private static PosixSignalRegistration? _terminate;
    private static PosixSignalRegistration? _interrupt;
#pragma warning restore IDE0052

    private static bool _watching;

    /// <summary>Not 0: the loggers are being closed. Who signals once more does not want to wait for that.</summary>
    private static int _ending;

    /// <summary>Not 0: what there is is being delivered, on Ctrl-C.</summary>
    private static int _interrupted;

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

        AppDomain.CurrentDomain.ProcessExit += (_, _) => End("at the end of the process");
        AppDomain.CurrentDomain.UnhandledException += (_, e) =>
        {
            if (e.IsTerminating)
            {
                End("because an exception ends the process");
            }
        };
        try
        {
            _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnTerminate);
            _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnInterrupt);
        }
        catch (PlatformNotSupportedException)
        {
            // No such signal here: then nothing ends this process that way.
        }
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
        CloseAll(occasion);
        EventPump.Stop(_patienceForLastLines);
    }

    /// <summary>
    /// The signal goes on to what it does by default, and that is the end. Unless somebody else has taken it in hand: a
    /// handler that ran before this one and said so, or a generic host, whose own stop comes first and disposes.
    /// </summary>
    private static void OnTerminate(PosixSignalContext context)
    {
        if (!context.Cancel && !HasGenericHost() && Interlocked.Exchange(ref _ending, 1) == 0)
        {
            CloseAll("on SIGTERM");
        }
    }

    /// <summary>
    /// Nothing is closed: a handler that was there before this one is asked after it, and may want to go on. Where there is
    /// none, the process ends when this returns, at the second Ctrl-C at once.
    /// </summary>
    private static void OnInterrupt(PosixSignalContext context)
    {
        if (context.Cancel || HasGenericHost() || Volatile.Read(ref _ending) != 0 || Interlocked.Exchange(ref _interrupted, 1) != 0)
        {
            return;
        }

        SideBySide(static logger => logger.Deliver("Ctrl-C"));
        Volatile.Write(ref _interrupted, 0);
    }

    /// <summary>A host may have registered before us, and is then asked after us; that it is loaded has to do.</summary>
    private static bool HasGenericHost() => AppDomain.CurrentDomain.GetAssemblies().Any(
        assembly => string.Equals(assembly.GetName().Name, "Microsoft.Extensions.Hosting", StringComparison.Ordinal));

    private static void CloseAll(string occasion) => SideBySide(logger => logger.Release(occasion));

    /// <summary>All of them together take no longer than the most patient one.</summary>
    private static void SideBySide(Action<LoggerCore> end)
    {
        Thread[] threads = [.. Snapshot().Select(logger => new Thread(() => end(logger)) { IsBackground = true })];
        foreach (Thread thread in threads)
        {
            thread.Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }
    }
}
