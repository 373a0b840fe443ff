using Metrana.Native;
using Metrana.Player.Values;

namespace Metrana.Player.Results;

/// <summary>Exceptions by the names that the published client gives them.</summary>
public static class PublishedNames
{
    // Derived types stand before those they derive from.
    private static readonly (Type Type, string Name)[] _names =
    [
        (typeof(OrchestrationIdMismatchException), "OrchestrationIdMismatchError"),
        (typeof(RunAlreadyExistsException), "RunAlreadyExistsError"),
        (typeof(LoggerInitException), "LoggerInitError"),
        (typeof(MetricValidationException), "ValidationError"),
        (typeof(QueueFullException), "QueueFullError"),
        (typeof(LoggerClosedException), "LoggerClosedError"),
        (typeof(EnqueueException), "EnqueueError"),
        (typeof(FlushTimeoutException), "TimeoutError"),
        (typeof(SenderException), "SenderError"),
        (typeof(ClosingException), "ClosingError"),
        (typeof(MetranaException), "MetranaLoggerError"),
        (typeof(ObjectDisposedException), "LoggerClosedError"),
        (typeof(ArgumentNullException), "TypeError"),
        (typeof(ArgumentException), "ValueError"),
        (typeof(OverflowException), "OverflowError"),
    ];

    /// <summary>The result that an exception means, or null where it means a defect.</summary>
    public static RaisedResult? Raised(Exception exception)
    {
        if (exception is RefusalException refusal)
        {
            return new RaisedResult(refusal.PublishedName, refusal.Message);
        }

        var name = Array.Find(_names, entry => entry.Type.IsInstanceOfType(exception)).Name;

        // The published words, and not those in which a C# program is told.
        return name is null ? null : new RaisedResult(name, (exception as MetranaException)?.EngineMessage ?? exception.Message);
    }
}
