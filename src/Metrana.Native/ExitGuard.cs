using System.Runtime.InteropServices;
using Metrana.Native.Interop;

namespace Metrana.Native;

/// <summary>
/// Knows the loggers that are open and closes the forgotten ones when the process ends: at its normal end, and where it
/// has none, on SIGTERM and when nobody catches an exception. Then no <c>using</c> disposes anything, and the last points
/// are those that people want to see.
/// </summary>
internal static class ExitGuard
{
    private static readonly TimeSpan _patienceForLastLines = TimeSpan.FromSeconds(1);
    private static readonly object _gate = new();
    private static readonly HashSet<LoggerCore> _open = [];

#pragma warning disable IDE0052 // Never read, only kept: a registration that is collected is one that is gone.
    private static PosixSignalRegistration? _terminate;
#pragma warning restore IDE0052

    private static bool _watching;

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
        CloseAll(occasion);
        EventPump.Stop(_patienceForLastLines);
    }

    /// <summary>
    /// The signal goes on to what it does by default, and that is the end. Unless somebody else has taken it in hand: a
    /// handler that ran before this one and said so, or a generic host, whose own stop comes first and disposes.
    /// </summary>
    private static void OnTerminate(PosixSignalContext context)
    {
        if (!context.Cancel && !HasGenericHost())
        {
            CloseAll("on SIGTERM");
        }
    }

    /// <summary>A host may have registered before us, and is then asked after us; that it is loaded has to do.</summary>
    private static bool HasGenericHost() => AppDomain.CurrentDomain.GetAssemblies().Any(
        assembly => string.Equals(assembly.GetName().Name, "Microsoft.Extensions.Hosting", StringComparison.Ordinal));

    private static void CloseAll(string occasion)
    {
        // Side by side, so that all of them together wait no longer than the most patient one.
        Thread[] closers = [.. Snapshot().Select(logger => new Thread(() => logger.Release(occasion)) { IsBackground = true })];
        foreach (Thread closer in closers)
        {
            closer.Start();
        }

        foreach (Thread closer in closers)
        {
            closer.Join();
        }
    }
}
