using Metrana.Native.Interop;
using Microsoft.Extensions.Logging;

namespace Metrana.Native;

/// <summary>
/// What stands behind a <see cref="Logger"/> and outlives one that its owner forgot: the native handle, and the way in
/// which it ends, exactly once.
/// </summary>
internal sealed class LoggerCore
{
    /// <summary>Whoever waits no longer than this is not told why.</summary>
    private const double WordlessSeconds = 0.5;

    private readonly object _gate = new();
    private readonly LogSink _sink;
    private readonly double _closeSeconds;
    private volatile bool _closed;
    private volatile bool _disposed;
    private volatile bool _released;
    private Metrics _final;

    private LoggerCore(LoggerHandle handle, LogSink sink, ulong tag, double closeSeconds)
    {
        Handle = handle;
        _closeSeconds = closeSeconds;
        Info = NativeLogger.GetInfo(handle);
        _sink = sink;
        Tag = tag;
    }

    public LoggerHandle Handle { get; }

    public NativeLogger.RunInfo Info { get; }

    /// <summary>The number that its events carry.</summary>
    public ulong Tag { get; }

    /// <summary>Whether disposing has begun: from then on a call is a mistake of the program.</summary>
    public bool Disposed => _disposed;

    /// <summary>The run, as people call it.</summary>
    public string Run => _sink.Run;

    /// <summary>Opens the run of a configuration that has been validated.</summary>
    public static LoggerCore Open(LoggerConfig config)
    {
        (EventPump pump, LogSink sink, ulong tag) = Prepare(config);
        double closeSeconds = Seconds.Of(config.CloseTimeout);
        LoggerHandle? handle = null;
        try
        {
            handle = NativeLogger.Open(config, pump.Events, tag);
            return Opened(handle, sink, tag, closeSeconds);
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
        double closeSeconds = Seconds.Of(config.CloseTimeout);
        LoggerHandle? handle = null;
        try
        {
            handle = await NativeLogger.OpenAsync(config, pump, tag, cancellation).ConfigureAwait(false)
                ?? throw new InvalidOperationException("The native library opened a run and gave out no logger.");
            return Opened(handle, sink, tag, closeSeconds);
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

    public void Close(double timeout)
    {
        try
        {
            NativeLogger.Close(Handle, timeout);
        }
        finally
        {
            _closed = true;
        }
    }

    public void Shutdown(double timeout)
    {
        try
        {
            NativeLogger.Shutdown(Handle, timeout);
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

    /// <summary>Closes on a thread of the library. Only when that has ended nobody has to close any more.</summary>
    public async Task CloseAsync(double timeout, bool closeRun, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();

        // What does not begin has closed nothing.
        Task closing = Begun(
            () => NativeLogger.CloseAsync(Handle, EventPump.Shared, timeout, closeRun, cancellation),
            () => CloseOrShutdown(timeout, closeRun),
            cancellation);
        try
        {
            await closing.ConfigureAwait(false);
            _closed = true;
        }
        catch (MetranaException e) when (e.StatusCode != MetranaStatus.EventsClosed)
        {
            _closed = true;
            throw;
        }
    }

    /// <summary>The same as <see cref="Release"/>, with the waiting done elsewhere.</summary>
    public async Task ReleaseAsync()
    {
        _disposed = true;
        if (!_closed && !_released)
        {
            try
            {
                await CloseAsync(Seconds.None, closeRun: true, CancellationToken.None).ConfigureAwait(false);
            }
            catch (MetranaException e) when (_closed)
            {
                Tell(LogLevel.Error, e.Message);
            }
            catch (Exception e) when (e is MetranaException or ObjectDisposedException)
            {
                // It has not begun, or nobody reads events any more, so it is closed below; or it was released since the
                // question above.
            }
        }

        Release();
    }

    /// <summary>
    /// Closes, unless somebody has, and frees. Never throws: what was lost is told to the log. Whoever comes second
    /// waits for whoever came first.
    /// </summary>
    /// <param name="occasion">Why it ends, when that is worth a word.</param>
    public void Release(string? occasion = null)
    {
        _disposed = true;
        lock (_gate)
        {
            if (_released)
            {
                return;
            }

            if (!_closed)
            {
                CloseAndTell(occasion);
            }

            KeepFinalMetrics();
            Handle.Dispose();
            EventPump.Shared.Detach(Tag);
            ExitGuard.Forget(this);
            _released = true;
        }
    }

    /// <summary>
    /// Waits until what there is has been delivered, as long as closing would. Never throws: what the logger says of it goes
    /// to its log.
    /// </summary>
    /// <param name="occasion">Why it has to be now.</param>
    public void Deliver(string occasion)
    {
        try
        {
            try
            {
                NativeLogger.Flush(Handle, WordlessSeconds);
            }
            catch (FlushTimeoutException)
            {
                Tell(LogLevel.Warning, $"{occasion}: waiting until everything is delivered; once more ends the process at once");
                NativeLogger.Flush(Handle, _closeSeconds);
            }
        }
        catch (Exception e) when (e is LoggerClosedException or ObjectDisposedException)
        {
            // Somebody has closed it; then nothing is left to deliver.
        }
        catch (MetranaException e)
        {
            Tell(LogLevel.Error, e.Message);
        }
    }

    private static (EventPump Pump, LogSink Sink, ulong Tag) Prepare(LoggerConfig config)
    {
        NativeLibraryLocator.EnsureLoaded();
        LogSink sink = new(config.LoggerFactory, config.LogLevel, config.RunPath);
        EventPump pump = EventPump.Shared;
        return (pump, sink, pump.Attach(sink));
    }

    private static LoggerCore Opened(LoggerHandle handle, LogSink sink, ulong tag, double closeSeconds)
    {
        LoggerCore core = new(handle, sink, tag, closeSeconds);
        ExitGuard.Watch(core);
        return core;
    }

    /// <summary>A call on a thread of the library, or on one of the pool's where the process may start no more.</summary>
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

    private void CloseAndTell(string? occasion)
    {
        try
        {
            if (occasion is not null)
            {
                _sink.Write(LogLevel.Warning, $"the logger was not disposed and is closed now, {occasion}");
            }

            Close(Seconds.None);
        }
        catch (MetranaException e)
        {
            Tell(LogLevel.Error, e.Message);
        }
        catch (Exception e)
        {
            // A log provider of the application's threw.
            LogSink.Complain($"closing a logger failed: {e.Message}");
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

    private void Tell(LogLevel level, string message)
    {
        try
        {
            _sink.Write(level, message);
        }
        catch (Exception e)
        {
            LogSink.Complain($"{message} (and a log provider failed: {e.Message})");
        }
    }
}
