using System.Runtime.InteropServices;

namespace Metrana.Tool.Kernel;

/// <summary>Ctrl+C and SIGTERM end a command in good order; the second time they end the process.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations = [];

    private Interruption()
    {
    }

    public static Interruption Of(CancellationTokenSource end)
    {
        var interruption = new Interruption();
        foreach (var signal in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM])
        {
            interruption._registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = !end.IsCancellationRequested;
                end.Cancel();
            }));
        }

        return interruption;
    }

    public void Dispose() => _registrations.ForEach(registration => registration.Dispose());
}
