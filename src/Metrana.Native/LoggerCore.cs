using System.Globalization;
using Metrana.Native.Interop;
using Microsoft.Extensions.Logging;

namespace Metrana.Native;

/// <summary>
/// What stands behind a <see cref="Logger"/> and outlives one that its owner forgot: the native handle, and the way in
/// which it ends, exactly once.
/// </summary>
internal sealed class LoggerCore
{
    /// <summary>How long a disposal waits for the line that says what was lost.</summary>
    private static readonly TimeSpan _patienceForLine = TimeSpan.FromSeconds(1);

    private readonly object _gate = new();
    private readonly LogSink _sink;
    private volatile bool _closed;
    private volatile bool _disposed;
    private volatile bool _released;
    private volatile bool _told;
    private Metrics _final;

    private LoggerCore(LoggerHandle handle, LogSink sink, ulong tag, LoggerConfig config)
    {
        Handle = handle;
        Config = config;
        Info = NativeLogger.GetInfo(handle);
        _sink = sink;
        Tag = tag;
    }

    public LoggerHandle Handle { get; }

    /// <summary>The settings that it was opened with.</summary>
    public LoggerConfig Config { get; }

    public NativeLogger.RunInfo Info { get; }

    /// <summary>The number that its events carry.</summary>
    public ulong Tag { get; }

    /// <summary>Whether disposing has begun: from then on a call is a mistake of the program.</summary>
    public bool Disposed => _disposed;

    /// <summary>The run, as people call it.</summary>
    public string Run => _sink.Run;

    /// <summary>How long closing may take.</summary>
    public TimeSpan CloseTimeout => Config.CloseTimeout;

    /// <summary>Opens the run of a configuration that has been validated.</summary>
    public static LoggerCore Open(LoggerConfig config)
    {
        (EventPump pump, LogSink sink, ulong tag) = Prepare(config);
        LoggerHandle? handle = null;
        try
        {
            handle = NativeLogger.Open(config, pump.Events, tag);
            return Opened(handle, sink, tag, config);
        }
        catch
        {
            handle?.Dispose();
            pump.Detach(tag);
            throw;
        }
    }

    /// <summary>The same without holding a thread.</summary>
    public static async Task<LoggerCore> OpenAsync(LoggerConfig config, CancellationToken cancellation)
    {
        (EventPump pump, LogSink sink, ulong tag) = Prepare(config);
        LoggerHandle? handle = null;
        try
        {
            handle = await NativeLogger.OpenAsync(config, pump, tag, cancellation).ConfigureAwait(false)
                ?? throw new InvalidOperationException("The native library opened a run and gave out no logger.");
            return Opened(handle, sink, tag, config);
        }
        catch (MetranaException e) when (e.StatusCode == MetranaStatus.EventsClosed)
        {
            pump.Detach(tag);
            throw new LoggerInitException(e.StatusCode, "The process is ending, and no run can be opened any more.");
        }
        catch
        {
            handle?.Dispose();
            pump.Detach(tag);
            throw;
        }
    }

    /// <summary>The books: the present ones, or after disposing the last ones.</summary>
    public Metrics GetMetrics()
    {
        if (!_released)
        {
            try
            {
                return NativeLogger.GetCounters(Handle);
            }
            catch (ObjectDisposedException)
            {
                // Released since the question above.
            }
        }

        lock (_gate)
        {
            return _final;
        }
    }

    public void Close(double timeout, IProgress<Metrics>? progress = null)
    {
        using CloseProgress waiting = new(this, timeout, progress);
        try
        {
            bool first = !_closed;
            NativeLogger.Close(Handle, timeout);
            if (first)
            {
                TellClosed(closeRun: true);
            }
        }
        finally
        {
            _closed = true;
        }
    }

    public void Shutdown(double timeout)
    {
        using CloseProgress waiting = new(this, timeout, null);
        try
        {
            bool first = !_closed;
            NativeLogger.Shutdown(Handle, timeout);
            if (first)
            {
                TellClosed(closeRun: false);
            }
        }
        finally
        {
            _closed = true;
        }
    }

    public Task FlushAsync(double timeout, CancellationToken cancellation) => cancellation.IsCancellationRequested
        ? Task.FromCanceled(cancellation)
        : Begun(
            () => NativeLogger.FlushAsync(Handle, EventPump.Shared, timeout, cancellation),
            () => NativeLogger.Flush(Handle, timeout),
            cancellation);

    /// <summary>Closes in the background. Only when that has ended is there nothing left to close.</summary>
    public async Task CloseAsync(double timeout, bool closeRun, CancellationToken cancellation, IProgress<Metrics>? progress = null)
    {
        cancellation.ThrowIfCancellationRequested();
        using CloseProgress waiting = new(this, timeout, progress);

        // What does not begin has closed nothing.
        Task closing = Begun(
            () => NativeLogger.CloseAsync(Handle, EventPump.Shared, timeout, closeRun, cancellation),
            () => CloseOrShutdown(timeout, closeRun),
            cancellation);
        try
        {
            await closing.ConfigureAwait(false);
            if (!_closed)
            {
                TellClosed(closeRun);
            }

            _closed = true;
        }
        catch (MetranaException e) when (e.StatusCode != MetranaStatus.EventsClosed)
        {
            _closed = true;
            throw;
        }
    }

    /// <summary>The same as <see cref="Release"/> without holding a thread.</summary>
    /// <param name="occasion">Why it ends, when that is worth a word.</param>
    public async Task ReleaseAsync(string? occasion = null)
    {
        _disposed = true;
        if (!_closed && !_released)
        {
            SayWhy(occasion);
            try
            {
                await CloseAsync(Seconds.None, closeRun: true, CancellationToken.None).ConfigureAwait(false);
            }
            catch (MetranaException e) when (_closed)
            {
                TellFailure(e);
            }
            catch (Exception e) when (e is MetranaException or ObjectDisposedException)
            {
                // It has not begun, or nobody reads events any more, so it is closed below; or it was released since the
                // question above.
            }
        }

        if (_told)
        {
            await EventPump.Shared.Lines.DrainAsync(_patienceForLine).ConfigureAwait(false);
        }

        Release();
    }

    /// <summary>
    /// Closes, unless that has happened, and frees. Never throws: what was lost goes to the log. A second caller waits for the
    /// first.
    /// </summary>
    /// <param name="patience">How long to wait for another caller; as long as it takes if omitted.</param>
    public void Release(TimeSpan? patience = null)
    {
        _disposed = true;
        if (!Monitor.TryEnter(_gate, patience ?? Timeout.InfiniteTimeSpan))
        {
            return;
        }

        try
        {
            if (_released)
            {
                return;
            }

            if (!_closed)
            {
                CloseAndTell();
            }

            KeepFinalMetrics();
            Handle.Dispose();
            EventPump.Shared.Detach(Tag);
            ExitGuard.Forget(this);
            _released = true;
        }
        finally
        {
            Monitor.Exit(_gate);
        }

        if (_told)
        {
            EventPump.Shared.Lines.Drain(_patienceForLine);
        }
    }

    /// <summary>Says that a scale is probably a slip.</summary>
    public void Tell(DoubtfulScale scale)
    {
        if (Config.TellsOfDoubtfulScales is { } tell)
        {
            tell(scale);
        }
        else
        {
            Tell(LogLevel.Warning, LoggerEvents.DoubtfulScale, scale.Text, Field("Scale", scale.Scale), Field("Near", scale.Near));
        }
    }

    /// <summary>Says what a close still waits for.</summary>
    public void TellWaiting(Metrics now, double seconds)
    {
        long pending = now.Total().Pending;
        string limit = double.IsFinite(seconds) ? string.Create(CultureInfo.InvariantCulture, $", for {seconds:0.#} s at most") : "";
        Tell(
            LogLevel.Warning,
            LoggerEvents.ClosingWaits,
            string.Create(CultureInfo.InvariantCulture, $"closing waits until the last {pending} points and attributes are delivered{limit}"),
            Field("Pending", pending));
    }

    /// <summary>Begins to close, as the process ends. Never throws; what becomes of it is for <see cref="Await"/>.</summary>
    /// <param name="occasion">Why it ends.</param>
    public Task BeginClose(string occasion)
    {
        _disposed = true;
        if (_closed || _released)
        {
            return Task.CompletedTask;
        }

        SayWhy(occasion);
        return Begun(
            () => NativeLogger.CloseAsync(Handle, EventPump.Shared, Seconds.None, closeRun: true, CancellationToken.None),
            () => Close(Seconds.None));
    }

    /// <summary>Begins to deliver what there is. Never throws; what becomes of it is for <see cref="Await"/>.</summary>
    /// <param name="occasion">Why it has to be now.</param>
    public Task BeginFlush(string occasion)
    {
        Tell(
            LogLevel.Information,
            LoggerEvents.DeliveringAtTheEnd,
            $"{occasion}: delivering what is pending; a second signal ends the process at once",
            Field("Occasion", occasion));
        double timeout = Seconds.Of(CloseTimeout);
        return Begun(
            () => NativeLogger.FlushAsync(Handle, EventPump.Shared, timeout, CancellationToken.None),
            () => NativeLogger.Flush(Handle, timeout));
    }

    /// <summary>Waits for what has begun. Whether it has ended; what it failed of goes to the log.</summary>
    public bool Await(Task begun, TimeSpan limit)
    {
        try
        {
            return begun.Wait(limit);
        }
        catch (AggregateException e)
        {
            switch (e.InnerException)
            {
                case ClosingException or SenderException:
                    _closed |= e.InnerException is ClosingException;
                    TellFailure(e.InnerException);
                    break;
                case LoggerClosedException or ObjectDisposedException:
                    // Somebody else has closed it; then nothing is left to deliver.
                    break;
                default:
                    TellFailure(e.InnerException ?? e);
                    break;
            }

            return true;
        }
    }

    private static (EventPump Pump, LogSink Sink, ulong Tag) Prepare(LoggerConfig config)
    {
        NativeLibraryLocator.EnsureLoaded();
        LogSink sink = new(config.LoggerFactory, config.LogLevel, config.RunPath);
        EventPump pump = EventPump.Shared;
        return (pump, sink, pump.Attach(sink));
    }

    private static LoggerCore Opened(LoggerHandle handle, LogSink sink, ulong tag, LoggerConfig config)
    {
        LoggerCore core = new(handle, sink, tag, config);
        int others = ExitGuard.Snapshot().Count(other => !other._closed && other.Info.RunId.AsSpan().SequenceEqual(core.Info.RunId));
        ExitGuard.Watch(core);
        if (config.SaysWhatClosingWaitsFor)
        {
            CloseProgress.Prepare();
        }

        EventPump.Shared.Lines.Post(
            sink,
            LogLevel.Information,
            LoggerEvents.RunOpened,
            $"the run is open, {(core.Info.Created ? "newly created" : "continued")} at {config.EndpointToShow}: logger {core.Info.LoggerId}, job {core.Info.OrchestrationId}",
            Field("Created", core.Info.Created),
            Field("Endpoint", config.EndpointToShow),
            Field("LoggerId", core.Info.LoggerId),
            Field("OrchestrationId", core.Info.OrchestrationId));
        if (others > 0)
        {
            EventPump.Shared.Lines.Post(
                sink,
                LogLevel.Warning,
                LoggerEvents.RunOpenTwice,
                "another logger of this process logs to this run already. Each counts steps for itself, so a series that both log to "
                    + "without steps gets the same steps twice. Use one logger, or pass the steps",
                Field("Others", others));
        }

        return core;
    }

    /// <summary>A call that the library carries out, or a thread of the pool where the process may start no more.</summary>
    private static Task Begun(Func<Task> begin, Action blocking, CancellationToken cancellation)
    {
        try
        {
            return begin();
        }
        catch (MetranaException e) when (e.StatusCode == MetranaStatus.NoThread)
        {
            return Task.Run(blocking, CancellationToken.None).WaitAsync(cancellation);
        }
    }

    /// <summary>The same at the end of the process, where the pool may have no thread either.</summary>
    private static Task Begun(Func<Task> begin, Action blocking)
    {
        try
        {
            try
            {
                return begin();
            }
            catch (MetranaException e) when (e.StatusCode is MetranaStatus.NoThread or MetranaStatus.EventsClosed)
            {
                blocking();
                return Task.CompletedTask;
            }
        }
        catch (Exception e)
        {
            return Task.FromException(e);
        }
    }

    private void CloseOrShutdown(double timeout, bool closeRun)
    {
        if (closeRun)
        {
            Close(timeout);
        }
        else
        {
            Shutdown(timeout);
        }
    }

    private void SayWhy(string? occasion)
    {
        if (occasion is not null)
        {
            Tell(
                LogLevel.Warning,
                LoggerEvents.NotDisposed,
                $"the logger was not disposed and is closed now, {occasion}",
                Field("Occasion", occasion));
        }
    }

    private void CloseAndTell()
    {
        try
        {
            Close(Seconds.None);
        }
        catch (MetranaException e)
        {
            TellFailure(e);
        }
    }

    private void KeepFinalMetrics()
    {
        try
        {
            _final = NativeLogger.GetCounters(Handle);
        }
        catch (Exception e) when (e is MetranaException or ObjectDisposedException)
        {
            // A logger whose engine has panicked counts no more; that was told when it happened. And a log provider that
            // disposes the logger it hears about has been here before.
        }
    }

    /// <summary>The logger is closed, and everything that it took has found its end.</summary>
    private void TellClosed(bool closeRun)
    {
        if (!_sink.Wants(LogLevel.Information))
        {
            return;
        }

        KindMetrics total = NativeLogger.GetCounters(Handle).Total();
        Tell(
            LogLevel.Information,
            LoggerEvents.LoggerClosed,
            $"the logger is closed, and the run {(closeRun ? "with it" : "stays open")}: {total.Sent} points and attributes delivered, {total.Dropped} lost",
            Field("Sent", total.Sent),
            Field("Lost", total.Dropped));
    }

    private void TellFailure(Exception e) => Tell(
        LogLevel.Error,
        LoggerEvents.ClosingFailed,
        e.Message,
        Field("Status", (e as MetranaException)?.StatusCode.ToString() ?? e.GetType().Name));

    private static KeyValuePair<string, object?> Field(string name, object? value) => new(name, value);

    private void Tell(LogLevel level, EventId id, string message, params KeyValuePair<string, object?>[] fields)
    {
        _told = true;
        EventPump.Shared.Lines.Post(_sink, level, id, message, fields);
    }
}
