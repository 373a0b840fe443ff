using System.Collections.Concurrent;

namespace Metrana.Native.Interop;

/// <summary>The calls that have begun and not ended, by the number that the event of their end carries.</summary>
internal sealed class PendingCalls
{
    private readonly EventsHandle _events;
    private readonly ConcurrentDictionary<ulong, PendingCall> _calls = new();
    private long _lastToken;

    /// <param name="events">The queue that their ends come from.</param>
    public PendingCalls(EventsHandle events) => _events = events;

    /// <summary>Takes a call in, before it begins: it may end before its beginning returns.</summary>
    /// <param name="logger">The logger that is called; null where the call opens one.</param>
    /// <param name="cancellation">Ends the waiting, and an opening altogether.</param>
    public PendingCall Add(LoggerHandle? logger, CancellationToken cancellation)
    {
        PendingCall call = new(_events, (ulong)Interlocked.Increment(ref _lastToken), logger);
        _calls[call.Token] = call;
        call.CancelBy(cancellation);
        return call;
    }

    /// <summary>A call did not begin.</summary>
    public void Forget(PendingCall call)
    {
        if (_calls.TryRemove(call.Token, out _))
        {
            call.Release();
        }
    }

    /// <summary>An event says that a call has ended.</summary>
    public void End(nint @event)
    {
        nint opened = NativeMethods.EventTakeLogger(@event);
        LoggerHandle? logger = opened == 0 ? null : new LoggerHandle(opened);
        bool known = _calls.TryRemove(NativeMethods.EventToken(@event), out PendingCall? call);
        bool awaited = known && call!.End(FailureOf(@event), logger);
        if (!awaited && logger is not null)
        {
            CloseUnwanted(logger);
        }
    }

    /// <summary>Whether the engine has not yet told of the end of this call.</summary>
    internal bool Knows(Task call) => _calls.Values.Any(pending => pending.Task == call);

    /// <summary>No event will come any more.</summary>
    public void EndAll()
    {
        foreach (PendingCall call in _calls.Values)
        {
            if (_calls.TryRemove(call.Token, out _))
            {
                call.End(new Failure(MetranaStatus.EventsClosed, null, "The process is ending and no longer waits for the service."), null);
            }
        }
    }

    /// <summary>Closes a logger that opened just when its opening was given up. Nobody hears how that goes.</summary>
    private unsafe void CloseUnwanted(LoggerHandle logger)
    {
        PendingCall closing = Add(logger, CancellationToken.None);
        nint error = 0;
        int status = NativeMethods.LoggerCloseBegin(logger, Seconds.None, 1, closing.Token, &error);
        NativeMethods.ErrorFree(error);
        if ((MetranaStatus)status != MetranaStatus.Ok)
        {
            Forget(closing);
            logger.Dispose();
            return;
        }

        _ = closing.Task.ContinueWith(
            static (ended, handle) =>
            {
                _ = ended.Exception;
                ((LoggerHandle)handle!).Dispose();
            },
            logger,
            CancellationToken.None,
            TaskContinuationOptions.None,
            TaskScheduler.Default);
    }

    private static Failure? FailureOf(nint @event)
    {
        MetranaStatus status = (MetranaStatus)NativeMethods.EventStatus(@event);
        if (status == MetranaStatus.Ok)
        {
            return null;
        }

        nint error = NativeMethods.EventError(@event);
        return error == 0
            ? new Failure(status, null, $"The native library answered status {(int)status} ({status}).")
            : NativeError.Read(error);
    }
}
