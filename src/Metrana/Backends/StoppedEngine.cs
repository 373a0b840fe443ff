using Metrana.Native;

namespace Metrana.Backends;

/// <summary>
/// An engine that has stopped for good: the service took its access away, or refuses one thing after the other. Training outlives that.
/// This is the one place that decides so: it says what happened, once, and keeps the books of what comes afterwards.
/// </summary>
/// <param name="config">The settings of the program: if log calls are to throw on losses, they throw on this one, too.</param>
/// <param name="console">Where it is said.</param>
internal sealed class StoppedEngine(LoggerConfig config, RunConsole console)
{
    private readonly bool _isOutlived =
        config.DeliveryPolicy == DeliveryPolicy.TolerateLoss && config.ErrorStrategy != Native.ErrorStrategy.RaiseOnLog;

    private readonly object _gate = new();
    private readonly KindBooks _books = new();
    private volatile string? _reason;

    /// <summary>Why the engine has stopped; null while nobody has met that.</summary>
    public string? Reason => _reason;

    /// <summary>The books of the engine, and of what it was not asked to take any more.</summary>
    public Metrics With(Metrics engine)
    {
        lock (_gate)
        {
            return _books.With(engine);
        }
    }

    /// <summary>
    /// Whether the engine is known to have stopped; then what a call brings is counted here. A hot loop must not pay for an exception in
    /// every call of a night.
    /// </summary>
    public bool Takes(DataKind kind, int points)
    {
        if (_reason is null)
        {
            return false;
        }

        lock (_gate)
        {
            _books.Refuse(kind, points);
        }

        return true;
    }

    /// <summary>Whether a call met an engine that has stopped, and the run goes on without it.</summary>
    public bool IsMet(Exception e)
    {
        if (!_isOutlived
            || e is not MetranaException { StatusCode: MetranaStatus.SenderStopped or MetranaStatus.Panicked or MetranaStatus.Poisoned } stop)
        {
            return false;
        }

        lock (_gate)
        {
            if (_reason is not null)
            {
                return true;
            }

            _reason = stop.Message;
        }

        string remedy = Remedy(stop);
        console.Warn(
            RunEvents.DeliveryEnded,
            $"{stop.Message}. Training goes on without delivery: what is logged from now on is counted as dropped, and mirrors still get it. To deliver again, {remedy}.",
            ("Reason", stop.Message),
            ("Remedy", remedy));
        return true;
    }

    private static string Remedy(MetranaException stop) => (stop.StatusCode, stop.GrpcStatus) switch
    {
        (not MetranaStatus.SenderStopped, _) => "start again with Resume = Allow, and report what the engine said",
        (_, 7 or 16) => "check the API key; start again with Resume = Allow",
        (_, 12) => "check that Endpoint leads to an ingestion service; start again with Resume = Allow",
        _ => "mend what the service refuses; start again with Resume = Allow",
    };
}
