using Microsoft.Extensions.Logging;

namespace Metrana.Native.Interop;

/// <summary>
/// The one thread that calls the application's log providers. A provider may block, throw, wait for a logger or end the
/// process: lines then wait here and are dropped when there are too many, and nothing else waits with them.
/// </summary>
internal sealed class LogLines
{
    /// <summary>How many lines wait at most. Later ones are dropped and counted.</summary>
    public const int Capacity = 4096;

    private readonly object _gate = new();
    private readonly Queue<Line> _lines = new();
    private readonly Thread _thread;

    public LogLines()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "Metrana log lines" };
        _thread.Start();
    }

    /// <summary>Queues a line of the library's own.</summary>
    public void Post(LogSink sink, LogLevel level, EventId id, string text, params KeyValuePair<string, object?>[] fields)
    {
        if (sink.Wants(level))
        {
            _ = Post(new Line(sink, level, new OwnLine(id, text, fields), 0, null));
        }
    }

    /// <summary>Queues a line of the engine, and owns its event from then on. False when it was dropped.</summary>
    public bool Post(LogSink sink, LogLevel level, nint @event) => Post(new Line(sink, level, null, @event, null));

    /// <summary>Waits until every line that is queued now has been written.</summary>
    /// <param name="patience">How long at most.</param>
    public void Drain(TimeSpan patience)
    {
        // A provider that disposes a logger or ends the process would wait for itself.
        if (Thread.CurrentThread != _thread)
        {
            Mark().Wait(patience);
        }
    }

    /// <summary>The same without holding a thread.</summary>
    /// <param name="patience">How long at most.</param>
    public async Task DrainAsync(TimeSpan patience)
    {
        if (Thread.CurrentThread != _thread)
        {
            await Mark().WaitAsync(patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private Task Mark()
    {
        TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = Post(new Line(null, LogLevel.None, null, 0, reached));
        return reached.Task;
    }

    private bool Post(in Line line)
    {
        lock (_gate)
        {
            if (line.Sink is { } sink && _lines.Count >= Capacity)
            {
                sink.CountLost();
                return false;
            }

            _lines.Enqueue(line);
            Monitor.Pulse(_gate);
            return true;
        }
    }

    private void Run()
    {
        while (true)
        {
            Line line = Next();
            try
            {
                Write(line);
            }
            catch (Exception e)
            {
                // A log provider of the application's threw. It must not end the log of all the others.
                LogSink.Complain($"a log provider failed: {e.Message}");
            }
            finally
            {
                NativeMethods.EventFree(line.Event);
                line.Reached?.SetResult();
            }
        }
    }

    private Line Next()
    {
        lock (_gate)
        {
            Line line;
            while (!_lines.TryDequeue(out line))
            {
                Monitor.Wait(_gate);
            }

            return line;
        }
    }

    private static void Write(in Line line)
    {
        if (line.Sink is not { } sink)
        {
            return;
        }

        ulong lost = sink.TakeLost() + (line.Event == 0 ? 0 : NativeMethods.EventMissed(line.Event));
        if (lost > 0 && sink.IsEnabled(LogLevel.Warning))
        {
            sink.Write(
                LogLevel.Warning,
                LoggerEvents.LinesLost,
                $"{lost} log lines before this one were lost: they came faster than they were written",
                KeyValuePair.Create<string, object?>("Count", lost));
        }

        // Asked before the text is made: most lines of most programs are not wanted.
        if (!sink.IsEnabled(line.Level))
        {
            return;
        }

        if (line.Own is { } own)
        {
            sink.Write(line.Level, own.Id, own.Text, own.Fields);
        }
        else
        {
            EventId id = LoggerEvents.OfEngine(NativeMethods.EventLine(line.Event));
            sink.Write(line.Level, id, Wording.OfLine(Utf8.Read(NativeMethods.EventMessage(line.Event))), EventFields.Of(line.Event));
        }
    }

    /// <summary>A line, or the mark that all lines before it have been written.</summary>
    private readonly record struct Line(LogSink? Sink, LogLevel Level, OwnLine? Own, nint Event, TaskCompletionSource? Reached);

    /// <summary>A line of the library's own.</summary>
    private sealed record OwnLine(EventId Id, string Text, KeyValuePair<string, object?>[] Fields);
}
