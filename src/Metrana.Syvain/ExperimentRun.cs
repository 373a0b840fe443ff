namespace Metrana.Syvain;

/// <summary>The scope in which an experiment runs; disposing it ends the experiment.</summary>
public sealed class ExperimentRun : IDisposable, IAsyncDisposable
{
    private readonly Experiment _experiment;
    private Exception? _failure;
    private int _ended;

    internal ExperimentRun(Experiment experiment) => _experiment = experiment;

    /// <summary>Reports that the run failed. Call it in a <c>catch</c> block, and rethrow the exception.</summary>
    /// <param name="exception">The cause.</param>
    public void Fail(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        _failure ??= exception;
    }

    /// <summary>Ends the run and tries to deliver its data. Delivery failures never throw; undelivered data stays queued.</summary>
    public async ValueTask DisposeAsync()
    {
        if (End())
        {
            await _experiment.FlushBestEffortAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <inheritdoc cref="DisposeAsync"/>
    public void Dispose()
    {
        if (End())
        {
            Task.Run(() => _experiment.FlushBestEffortAsync(CancellationToken.None)).GetAwaiter().GetResult();
        }
    }

    /// <summary>Done or failed, unless the program has said so itself.</summary>
    private bool End()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
        {
            return false;
        }

        if (_experiment.IsActive && _failure is { } failure)
        {
            _experiment.Error(failure);
        }
        else if (_experiment.IsActive)
        {
            _experiment.Done();
        }

        return true;
    }
}
