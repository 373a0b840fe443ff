using Microsoft.Extensions.DependencyInjection;

namespace Metrana.Extensions.Logging.Telemetry;

/// <summary>
/// Finds the run that events go to. It is asked when there is something to log and not when logging is set up: a run that a host
/// makes needs that host's logging itself.
/// </summary>
internal sealed class RunSource(Run? given, IServiceProvider? services)
{
    private Run? _injected;
    private bool _failed;

    /// <summary>Whether it was known from the start.</summary>
    public bool IsGiven => given is not null;

    /// <summary>The run; null while there is none.</summary>
    public Run? Find()
    {
        if ((given ?? _injected) is { } known)
        {
            return known;
        }

        try
        {
            if (!_failed && services?.GetService<Run>() is { } injected)
            {
                return _injected = injected;
            }
        }
        catch (Exception)
        {
            // The host's own start tells why its run does not start, and asking again would try to start it again.
            _failed = true;
        }

        Run current = Run.Current;
        return ReferenceEquals(current, Run.Disabled) ? null : current;
    }
}
