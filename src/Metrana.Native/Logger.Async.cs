using Metrana.Native.Interop;

namespace Metrana.Native;

public sealed partial class Logger : IAsyncDisposable
{
    /// <summary>Opens the run, or joins the one that is there, without holding a thread until the service has answered.</summary>
    /// <param name="config">The settings. They are copied: what happens to them afterwards has no effect.</param>
    /// <param name="cancellationToken">Gives up. What opens after that is closed at once.</param>
    /// <exception cref="LoggerInitException">
    /// The settings cannot work (all problems are in the message), the service is out of reach or refuses, or there is no
    /// native library for this machine.
    /// </exception>
    /// <exception cref="OrchestrationIdMismatchException">
    /// The run is there, <see cref="LoggerConfig.Resume"/> says never, and the run belongs to another job. Without a
    /// <see cref="LoggerConfig.OrchestrationId"/> every logger is a job of its own.
    /// </exception>
    /// <exception cref="RunAlreadyExistsException">The same, where the run does not say to which job it belongs.</exception>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
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

    /// <summary>Ends when everything that was logged before the call is acknowledged by the service.</summary>
    /// <param name="timeout">How long at most; left out, as long as it takes.</param>
    /// <param name="cancellationToken">Gives up waiting. Nothing is lost by that.</param>
    /// <exception cref="FlushTimeoutException">The time is up. Nothing is lost, and the logger goes on.</exception>
    /// <exception cref="SenderException">
    /// Some of what was logged since the last flush is lost (<see cref="MetranaStatus.FlushUndelivered"/>; the rest is
    /// delivered), or delivery failed for good and the logger has stopped.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">The timeout is negative.</exception>
    /// <exception cref="OperationCanceledException">The waiting was given up.</exception>
    /// <exception cref="ObjectDisposedException">The logger was disposed.</exception>
    public Task FlushAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        _ = Live();
        double seconds = Seconds.OfTimeout(timeout);
        return Alive(_core.FlushAsync(seconds, cancellationToken));
    }

    /// <summary>Ends when everything that was logged before the call is acknowledged by the service, however long that takes.</summary>
    /// <inheritdoc cref="FlushAsync(TimeSpan?, CancellationToken)"/>
    /// <param name="cancellationToken">Gives up waiting. Nothing is lost by that.</param>
    public Task FlushAsync(CancellationToken cancellationToken) => FlushAsync(null, cancellationToken);

    /// <summary>
    /// Takes nothing more, wakes every thread that waits for room, delivers what was accepted, and closes the run. It happens
    /// elsewhere: a call that another thread makes at the same moment may still be taken, and is then delivered as well. A
    /// second call does nothing and ends as the first one did.
    /// </summary>
    /// <param name="timeout">How long at most; left out, <see cref="LoggerConfig.CloseTimeout"/>.</param>
    /// <param name="cancellationToken">Gives up waiting. The logger closes all the same.</param>
    /// <exception cref="ClosingException">The logger is closed, but something that it had accepted did not arrive.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The timeout is negative.</exception>
    /// <exception cref="OperationCanceledException">The waiting was given up.</exception>
    /// <exception cref="ObjectDisposedException">The logger was disposed.</exception>
    public Task CloseAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        _ = Live();
        return Alive(_core.CloseAsync(Seconds.OfTimeout(timeout), closeRun: true, cancellationToken));
    }

    /// <summary>
    /// The same as <see cref="CloseAsync"/>, but the run stays open at the service: for one of several processes that log into
    /// it, or one that will be continued.
    /// </summary>
    /// <param name="timeout">How long at most; left out, <see cref="LoggerConfig.CloseTimeout"/>.</param>
    /// <param name="cancellationToken">Gives up waiting. The logger closes all the same.</param>
    /// <exception cref="ClosingException">The logger is closed, but something that it had accepted did not arrive.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The timeout is negative.</exception>
    /// <exception cref="OperationCanceledException">The waiting was given up.</exception>
    /// <exception cref="ObjectDisposedException">The logger was disposed.</exception>
    public Task ShutdownAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        _ = Live();
        return Alive(_core.CloseAsync(Seconds.OfTimeout(timeout), closeRun: false, cancellationToken));
    }

    /// <summary>
    /// Does what <see cref="Dispose"/> does, without holding a thread while the last points are on their way. Never throws:
    /// what was lost is told to the <see cref="LoggerConfig.LoggerFactory"/>, or on standard error.
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
