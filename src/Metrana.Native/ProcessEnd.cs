using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace Metrana.Native;

/// <summary>
/// Hears that the process ends, after everybody else: the program's own handlers of a signal, of the normal end and of an
/// exception that nobody catches run first, in whichever order they were registered, and find their loggers open.
/// </summary>
internal static class ProcessEnd
{
    private static Action<string> _end = _ => { };
    private static Action<string> _signalled = _ => { };
    private static UnhandledExceptionEventHandler _unhandled = new Crash().OnUnhandled;

    /// <summary>Kept, because a registration that is collected is one that is gone.</summary>
    private static List<PosixSignalRegistration> Signals { get; } = [];

    /// <summary>Whether our handlers of signals are asked last. If not, another may still keep the process alive.</summary>
    public static bool SignalsComeLast { get; private set; }

    /// <summary>Begins to listen, once for the process.</summary>
    /// <param name="end">The process ends now; says why.</param>
    /// <param name="signalled">A signal will end the process when this returns; says which.</param>
    public static void Listen(Action<string> end, Action<string> signalled)
    {
        (_end, _signalled) = (end, signalled);

        // Unloading is raised just before ProcessExit, and handlers are called in the order they were added in.
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
        AssemblyLoadContext.Default.Unloading += static _ =>
        {
            AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
            AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
        };

        // Every exception that ends a process was thrown first.
        AppDomain.CurrentDomain.UnhandledException += _unhandled;
        AppDomain.CurrentDomain.FirstChanceException += OnThrown;

        SignalsComeLast = true;
        Hear(PosixSignal.SIGTERM, "on SIGTERM");
        Hear(PosixSignal.SIGINT, "on Ctrl-C");
        Hear(PosixSignal.SIGHUP, "because the terminal is gone (SIGHUP)");
        Hear(PosixSignal.SIGQUIT, "on SIGQUIT");
    }

    private static void Hear(PosixSignal signal, string occasion)
    {
        try
        {
            PosixSignalRegistration registration = PosixSignalRegistration.Create(signal, context =>
            {
                // Somebody has taken it in hand: the program goes on, or ends in its own way.
                if (!context.Cancel)
                {
                    _signalled(occasion);
                }
            });
            Signals.Add(registration);
            SignalsComeLast &= SignalOrder.TryPutLast(registration);
        }
        catch (PlatformNotSupportedException)
        {
            // No such signal here: then nothing ends this process that way.
        }
    }

    private static void OnProcessExit(object? sender, EventArgs e) => _end("at the end of the process");

    private static void OnThrown(object? sender, FirstChanceExceptionEventArgs e)
    {
        if (e.Exception is OutOfMemoryException or InsufficientExecutionStackException)
        {
            return;
        }

        // The new one is there before the old one goes: another thread's exception may end the process at this moment.
        UnhandledExceptionEventHandler last = new Crash().OnUnhandled;
        AppDomain.CurrentDomain.UnhandledException += last;
        AppDomain.CurrentDomain.UnhandledException -= Interlocked.Exchange(ref _unhandled, last);
    }

    /// <summary>One for each registration: handlers of one object are equal, and the wrong one of them would be removed.</summary>
    private sealed class Crash
    {
        public void OnUnhandled(object sender, UnhandledExceptionEventArgs e)
        {
            if (e.IsTerminating)
            {
                _end("because an exception ends the process");
            }
        }
    }
}
