namespace Metrana.Mirrors;

/// <summary>
/// A further destination of everything that a run logs: a file, another tracker, a dashboard. Put it into
/// <see cref="RunOptions.Mirrors"/>.
/// </summary>
/// <remarks>
/// The run calls a mirror from a background thread of its own, one call at a time: first <see cref="StartAsync"/>, then
/// <see cref="WriteAsync"/> whenever there is something to write, then <see cref="EndAsync"/>, and finally
/// <see cref="IAsyncDisposable.DisposeAsync"/>. A mirror may block or throw without affecting the training loop or another mirror.
/// The records that wait for it are limited by <see cref="RunOptions.MirrorQueueBytes"/>. Records that do not fit, or that are in a
/// call that throws, are dropped, counted in <see cref="Run.Mirrors"/> and reported at most once a minute. An instance serves one
/// run.
/// </remarks>
public interface IRunMirror : IAsyncDisposable
{
    /// <summary>The name of the mirror in warnings and in the summary, such as <c>mlflow</c>.</summary>
    string Name { get; }

    /// <summary>
    /// How long a few points wait for more before they are written, so that not every point takes a call of its own. At the end of
    /// the run nothing waits. Default: no waiting.
    /// </summary>
    TimeSpan Linger => TimeSpan.Zero;

    /// <summary>The number of points that are written without waiting for more. Default: 1.</summary>
    int LingerPoints => 1;

    /// <summary>Prepares the mirror. If it throws, it is called again after a pause, for as long as the run continues.</summary>
    /// <param name="run">The run.</param>
    /// <param name="cancellationToken">Cancelled when the run has ended and no longer waits.</param>
    ValueTask StartAsync(MirroredRun run, CancellationToken cancellationToken);

    /// <summary>
    /// Writes what was logged since the last call, in the order in which it was logged. If the call throws, it is not repeated.
    /// </summary>
    /// <param name="records">What was logged: one or more records, which never change and may be kept.</param>
    /// <param name="cancellationToken">Cancelled when the run has ended and no longer waits.</param>
    ValueTask WriteAsync(IReadOnlyList<RunRecord> records, CancellationToken cancellationToken);

    /// <summary>Completes the mirror, after everything that was not dropped has been written.</summary>
    /// <param name="ended">How the run ended.</param>
    /// <param name="cancellationToken">Cancelled when the run has ended and no longer waits.</param>
    ValueTask EndAsync(MirroredEnd ended, CancellationToken cancellationToken);
}
