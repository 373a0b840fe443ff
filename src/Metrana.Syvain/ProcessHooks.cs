using System.Globalization;
using System.Runtime.InteropServices;
using Metrana.Native;
using Metrana.Syvain.Delivery;

namespace Metrana.Syvain;

/// <summary>
/// Ends the experiments that a process leaves open, and delivers what waits: at its normal end, when nobody catches an exception,
/// and on signals that nobody handles. They all together have the time of the most patient one.
/// </summary>
internal static class ProcessHooks
{
    private static readonly object _gate = new();
    private static readonly HashSet<Experiment> _open = [];

    /// <summary>Kept, because a registration that is collected is one that is gone.</summary>
    private static readonly List<PosixSignalRegistration> _signals = [];

    private static bool _watching;

    public static void Watch(Experiment experiment)
    {
        lock (_gate)
        {
            _open.Add(experiment);
            if (_watching)
            {
                return;
            }

            _watching = true;
        }

        AppDomain.CurrentDomain.ProcessExit += (_, _) => OnExit(Environment.ExitCode);
        AppDomain.CurrentDomain.UnhandledException += (_, e) =>
        {
            if (e.IsTerminating && e.ExceptionObject is Exception exception)
            {
                OnUnhandled(exception);
            }
        };
        Hear(PosixSignal.SIGTERM, "SIGTERM");
        Hear(PosixSignal.SIGINT, "SIGINT");
        Hear(PosixSignal.SIGHUP, "SIGHUP");
        Hear(PosixSignal.SIGQUIT, "SIGQUIT");
    }

    public static void Forget(Experiment experiment)
    {
        lock (_gate)
        {
            _open.Remove(experiment);
        }
    }

    /// <summary>Whether the end of the process is going to end this one.</summary>
    internal static bool Watches(Experiment experiment)
    {
        lock (_gate)
        {
            return _open.Contains(experiment);
        }
    }

    /// <summary>The process ends by itself. One that fails says so by its exit code.</summary>
    internal static void OnExit(int exitCode) => EndAll(exitCode == 0
        ? new StatusItem("done")
        : new StatusItem("error", "ExitCode", string.Create(CultureInfo.InvariantCulture, $"The process ended with the exit code {exitCode}.")));

    internal static void OnUnhandled(Exception exception) => EndAll(
        new StatusItem("error", Limits.CutErrorName(exception.GetType().Name), Limits.CutErrorDetail(exception.ToString())));

    private static void Hear(PosixSignal signal, string name)
    {
        try
        {
            bool isLast = false;
            PosixSignalRegistration registration = PosixSignalRegistration.Create(signal, context =>
            {
                // Somebody has taken it in hand: the program goes on, or ends in its own way.
                if (!context.Cancel)
                {
                    // One who is asked after us may still do so: then everything is delivered, and nothing is ended.
                    EndAll(Volatile.Read(ref isLast) ? new StatusItem("error", name, $"The process was ended by {name}.") : null);
                }
            });
            _signals.Add(registration);
            Volatile.Write(ref isLast, SignalOrder.TryPutLast(registration));
        }
        catch (PlatformNotSupportedException)
        {
            // No such signal here: then nothing ends this process that way.
        }
    }

    private static void EndAll(StatusItem? status)
    {
        Experiment[] open;
        lock (_gate)
        {
            open = [.. _open];
        }

        Task.WhenAll(open.Select(one => Task.Run(() => one.EndWithProcessAsync(status is null ? null : new StatusItem(status.Status, status.ErrorName, status.ErrorDetail)))))
            .GetAwaiter().GetResult();
    }
}
