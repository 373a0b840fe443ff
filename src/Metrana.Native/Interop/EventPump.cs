using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Metrana.Native.Interop;

/// <summary>
/// The one thread of the process that reads the engine's events: it ends the calls that have completed, and queues log lines
/// for <see cref="LogLines"/>. The engine never calls in, so no managed code runs on a native thread, least of all while the
/// runtime shuts down.
/// </summary>
/// <remarks>
/// The thread runs no code of the application, so that nothing can hold up a completion. It is a background thread and keeps
/// no process alive; it knows sinks by their number and no logger, so it keeps no logger alive either.
/// </remarks>
internal sealed class EventPump
{
    /// <summary>How many unread events the engine keeps before it lets the oldest go.</summary>
    private const int Capacity = 4096;

    /// <summary>
    /// So many seconds without an event, and the pump looks for itself whether a sink has retired: detaching wakes nobody.
    /// </summary>
    private const double Idle = 30;

    /// <summary>What an event is about; the numbers are the native ones.</summary>
    internal enum EventType
    {
        Log = 1,
        Completion = 2,
    }

    private static readonly object _gate = new();
    private static EventPump? _shared;

    private readonly ConcurrentDictionary<ulong, LogSink> _sinks = new();
    private readonly ConcurrentQueue<ulong> _retired = new();
    private readonly Thread _thread;
    private long _lastTag;

    private EventPump(EventsHandle events)
    {
        Events = events;
        Calls = new PendingCalls(events);
        _thread = new Thread(Run) { IsBackground = true, Name = "Metrana events" };
        _thread.Start();
    }

    /// <summary>The pump of the process, which is made when it is first needed.</summary>
    public static EventPump Shared
    {
        get
        {
            lock (_gate)
            {
                return _shared ??= Create();
            }
        }
    }

    /// <summary>What the loggers write to.</summary>
    public EventsHandle Events { get; }

    /// <summary>The calls whose ends are among the events.</summary>
    public PendingCalls Calls { get; }

    /// <summary>The log lines that wait to be written.</summary>
    public LogLines Lines { get; } = new();

    /// <summary>Ends the pump of the process, if there is one, when everything that was queued has been handled and written.</summary>
    /// <param name="patience">How long to wait for each of the two.</param>
    public static void Stop(TimeSpan patience)
    {
        EventPump? pump;
        lock (_gate)
        {
            pump = _shared;
        }

        if (pump is not null)
        {
            NativeMethods.EventsClose(pump.Events);
            pump._thread.Join(patience);
            pump.Lines.Drain(patience);
        }
    }

    /// <summary>Gives a sink the number that its logger's events are to carry.</summary>
    public ulong Attach(LogSink sink)
    {
        ulong tag = (ulong)Interlocked.Increment(ref _lastTag);
        _sinks[tag] = sink;
        return tag;
    }

    /// <summary>Forgets a sink, once everything that is queued now has been handed out.</summary>
    public void Detach(ulong tag) => _retired.Enqueue(tag);

    /// <summary>Whether the sink of this number is attached, or not yet forgotten.</summary>
    internal bool Knows(ulong tag) => _sinks.ContainsKey(tag);

    private static unsafe EventPump Create()
    {
        nint events = 0;
        NativeError.ThrowIfFailed(NativeMethods.EventsNew(Capacity, &events));
        return new EventPump(new EventsHandle(events));
    }

    private void Run()
    {
        while (true)
        {
            // A retired sink may still have events in the queue, but none behind the moment when the queue is empty.
            int retired = _retired.Count;
            nint @event = 0;
            try
            {
                switch (Next(retired > 0 ? 0 : Idle, out @event))
                {
                    case MetranaStatus.Ok when HandOn(@event):
                        @event = 0;
                        break;
                    case MetranaStatus.Ok:
                        break;
                    case MetranaStatus.EventTimeout:
                        Forget(retired);
                        break;
                    default:
                        Calls.EndAll();
                        return;
                }
            }
            catch (Exception e)
            {
                // Whatever it was, the events behind this one still have to be handled.
                LogSink.Complain($"an event of the engine could not be handled: {e.Message}");
            }
            finally
            {
                NativeMethods.EventFree(@event);
            }
        }
    }

    private unsafe MetranaStatus Next(double timeout, out nint @event)
    {
        nint next = 0;
        int status = NativeMethods.EventsNext(Events, timeout, &next);
        @event = next;
        return (MetranaStatus)status;
    }

    /// <summary>Handles an event. Whether it belongs to somebody else from now on.</summary>
    private bool HandOn(nint @event)
    {
        EventType type = (EventType)NativeMethods.EventKind(@event);
        if (type == EventType.Completion)
        {
            Calls.End(@event);
            return false;
        }

        if (type != EventType.Log || !_sinks.TryGetValue(NativeMethods.EventTag(@event), out LogSink? sink))
        {
            return false;
        }

        LogLevel level = ToLogLevel(NativeMethods.EventLevel(@event));
        return sink.Wants(level) && Lines.Post(sink, level, @event);
    }

    private void Forget(int count)
    {
        for (; count > 0 && _retired.TryDequeue(out ulong tag); count--)
        {
            _sinks.TryRemove(tag, out _);
        }
    }

    private static LogLevel ToLogLevel(int level) => level switch
    {
        <= 1 => LogLevel.Error,
        2 => LogLevel.Warning,
        3 => LogLevel.Information,
        4 => LogLevel.Debug,
        _ => LogLevel.Trace,
    };
}
