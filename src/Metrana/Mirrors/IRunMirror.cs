namespace Metrana.Mirrors;

/// <summary>
/// A further destination of everything that a run logs: a file, another tracker, a dashboard. Put it into
/// <see cref="RunOptions.Mirrors"/>.
/// </summary>
/// <remarks>
/// The run calls a mirror from one background thread of its own, one call at a time: first <see cref="StartAsync"/>, then
/// <see cref="WriteAsync"/> as often as there is something, then <see cref="EndAsync"/>, and at last
/// <see cref="IAsyncDisposable.DisposeAsync"/>. A mirror may block and may throw: neither the training loop nor another mirror
/// notices. What waits for it is bounded by <see cref="RunOptions.MirrorQueueBytes"/>; what does not fit, or is in a call that
/// throws, is dropped, counted in <see cref="Run.Mirrors"/> and reported at most once a minute. An instance serves one run.
/// </remarks>
public interface IRunMirror : IAsyncDisposable
{
    /// <summary>What it is called in warnings and in the summary, such as <c>mlflow</c>.</summary>
    string Name { get; }

    /// <summary>
    /// How long a few points wait for more of them before they are written, so that not each one is a call of its own. At the end of the
    /// run nothing waits. Default: not at all.
    /// </summary>
    TimeSpan Linger => TimeSpan.Zero;

    /// <summary>The number of points that wait for no more. Default: 1.</summary>
    int LingerPoints => 1;

    /// <summary>Gets ready. When it throws it is called again after a pause, for as long as the run goes on.</summary>
    /// <param name="run">The run.</param>
    /// <param name="cancellationToken">The run has ended and waits no longer.</param>
    ValueTask StartAsync(MirroredRun run, CancellationToken cancellationToken);

    /// <summary>Writes what was logged since the last call, in the order in which it was logged. It is not called again with what it threw at.</summary>
    /// <param name="records">What was logged, one record or more. They never change and may be kept.</param>
    /// <param name="cancellationToken">The run has ended and waits no longer.</param>
    ValueTask WriteAsync(IReadOnlyList<RunRecord> records, CancellationToken cancellationToken);

    /// <summary>Finishes. Everything that was not dropped has been written.</summary>
    /// <param name="ended">How the run ended.</param>
    /// <param name="cancellationToken">The run has ended and waits no longer.</param>
    ValueTask EndAsync(MirroredEnd ended, CancellationToken cancellationToken);
}
