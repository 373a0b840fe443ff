using Metrana.Native.Interop;

namespace Metrana.Native;

public sealed partial class Logger : IAsyncDisposable
{
    /// <summary>Opens the run, or joins an existing one, without blocking a thread until the service answers.</summary>
    /// <param name="config">The settings. They are copied; later changes have no effect.</param>
    /// <param name="cancellationToken">
    /// Cancels the opening: no further attempt is made. A run that opens at that moment is closed at once.
    /// </param>
    /// <exception cref="LoggerInitException">
    /// The settings are invalid (the message lists every problem), the service cannot be reached or refuses, or this machine
    /// has no native library.
    /// </exception>
    /// <exception cref="OrchestrationIdMismatchException">
    /// The run exists, <see cref="LoggerConfig.Resume"/> is <c>Never</c>, and the run belongs to another job. Without a
    /// <see cref="LoggerConfig.OrchestrationId"/>, each logger counts as a separate job.
    /// </exception>
    /// <exception cref="RunAlreadyExistsException">
    /// The run exists, <see cref="LoggerConfig.Resume"/> is <c>Never</c>, and the run names no job.
    /// </exception>
    /// <exception cref="OperationCanceledException">The opening was cancelled.</exception>
    public static Task<Logger> OpenAsync(LoggerConfig config, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(config);
        return Open(config.Copy(), cancellationToken);

        static async Task<Logger> Open(LoggerConfig config, CancellationToken cancellation)
        {
            cancellation.ThrowIfCancellationRequested();
            config.Validate();
            return new Logger(await LoggerCore.OpenAsync(config, cancellation).ConfigureAwait(false));
        }
    }

    /// <summary>Opens the run, or joins an existing one, within a timeout.</summary>
    /// <inheritdoc cref="OpenAsync(LoggerConfig, CancellationToken)"/>
    /// <param name="config">The settings. They are copied and not modified.</param>
    /// <param name="timeout">How long opening may take, in place of <see cref="LoggerConfig.InitTimeout"/>.</param>
    /// <param name="cancellationToken">
    /// Cancels the opening: no further attempt is made. A run that opens at that moment is closed at once.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The timeout is zero or negative.</exception>
    public static Task<Logger> OpenAsync(LoggerConfig config, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        OpenAsync(Within(timeout, config), cancellationToken);

    /// <summary>Completes when the service has acknowledged everything that was logged before the call.</summary>
    /// <param name="timeout">The longest wait; unlimited if omitted.</param>
    /// <param name="cancellationToken">Cancels the wait. Nothing is lost.</param>
    /// <exception cref="FlushTimeoutException">The timeout expired. Nothing is lost, and the logger continues.</exception>
    /// <exception cref="SenderException">
    /// Some of what was logged since the last flush is lost (<see cref="MetranaStatus.FlushUndelivered"/>; the rest is
    /// delivered), or delivery failed for good and the logger has stopped.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">The timeout is negative.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The logger was disposed.</exception>
    public Task FlushAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        _ = Live();
        double seconds = Seconds.OfTimeout(timeout);
        return Alive(_core.FlushAsync(seconds, cancellationToken));
    }

    /// <summary>Completes when the service has acknowledged everything that was logged before the call, however long that takes.</summary>
    /// <inheritdoc cref="FlushAsync(TimeSpan?, CancellationToken)"/>
    /// <param name="cancellationToken">Cancels the wait. Nothing is lost.</param>
    public Task FlushAsync(CancellationToken cancellationToken) => FlushAsync(null, cancellationToken);

    /// <summary>
    /// Stops accepting calls, wakes every thread that waits for room, delivers everything accepted, and closes the run. A second
    /// call does nothing and returns the same result as the first.
    /// </summary>
    /// <param name="timeout">The longest wait; <see cref="LoggerConfig.CloseTimeout"/> if omitted.</param>
    /// <param name="cancellationToken">Cancels the wait. The logger still closes.</param>
    /// <exception cref="ClosingException">The logger is closed, but not everything it accepted was delivered.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The timeout is negative.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The logger was disposed.</exception>
    public Task CloseAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        _ = Live();
        return Alive(_core.CloseAsync(Seconds.OfTimeout(timeout), closeRun: true, cancellationToken));
    }

    /// <summary>Closes the logger and reports to the service how the run ended.</summary>
    /// <inheritdoc cref="CloseAsync(TimeSpan?, CancellationToken)"/>
    /// <param name="end">How the run ended. If the logger is closed more than once, the first call decides.</param>
    /// <param name="timeout">The longest wait; <see cref="LoggerConfig.CloseTimeout"/> if omitted.</param>
    /// <param name="progress">Receives the counters a few times a second while the last points are delivered, and once at the end.</param>
    /// <param name="cancellationToken">Cancels the wait. The logger still closes.</param>
    public Task CloseAsync(
        RunEnd end, TimeSpan? timeout = null, IProgress<Metrics>? progress = null, CancellationToken cancellationToken = default)
    {
        Say(end);
        return Alive(_core.CloseAsync(Seconds.OfTimeout(timeout), closeRun: true, cancellationToken, progress));
    }

    /// <summary>
    /// Closes the logger as <see cref="CloseAsync(TimeSpan?, CancellationToken)"/> does, but leaves the run open at the service. Use it
    /// when other processes still log to the run, or when the run will be continued.
    /// </summary>
    /// <param name="timeout">The longest wait; <see cref="LoggerConfig.CloseTimeout"/> if omitted.</param>
    /// <param name="cancellationToken">Cancels the wait. The logger still closes.</param>
    /// <exception cref="ClosingException">The logger is closed, but not everything it accepted was delivered.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The timeout is negative.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The logger was disposed.</exception>
    public Task ShutdownAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        _ = Live();
        return Alive(_core.CloseAsync(Seconds.OfTimeout(timeout), closeRun: false, cancellationToken));
    }

    /// <summary>
    /// Disposes the logger as <see cref="Dispose"/> does, without blocking a thread while the last points are delivered. Never throws:
    /// losses are reported to the <see cref="LoggerConfig.LoggerFactory"/>, or on standard error.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        await _core.ReleaseAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    /// <summary>Keeps the logger from being closed as a forgotten one while somebody waits for it.</summary>
    private async Task Alive(Task call)
    {
        await call.ConfigureAwait(false);
        GC.KeepAlive(this);
    }
}
