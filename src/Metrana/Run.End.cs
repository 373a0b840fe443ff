using System.Diagnostics;
using System.Globalization;
using Metrana.Backends;
using Metrana.Meters;
using Metrana.Native;

namespace Metrana;

public sealed partial class Run
{
    private static readonly TimeSpan _silence = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _progress = TimeSpan.FromSeconds(5);

    private readonly long _begun = Stopwatch.GetTimestamp();
    private readonly List<Action> _lastActions = [];
    private int _ending;
    private volatile int _ended;
    private string? _failure;
    private string? _interruption;

    /// <summary>Whether the run takes nothing more.</summary>
    internal bool HasEnded => _ended != 0;

    /// <summary>Waits until everything that was logged before the call is acknowledged by the service.</summary>
    /// <param name="timeout">The maximum time to wait; no limit if omitted.</param>
    /// <exception cref="FlushTimeoutException">The timeout expired. Nothing is lost, and the run continues.</exception>
    /// <exception cref="SenderException">
    /// Something logged since the last flush was lost, or delivery has ended for good. The run continues; log calls throw this
    /// exception only under <see cref="RunOptions.StopOnLoss"/> or <see cref="ErrorStrategy.RaiseOnLog"/>.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The run has ended.</exception>
    public void Flush(TimeSpan? timeout = null) => Open().Flush(timeout);

    /// <summary>Waits as <see cref="Flush(TimeSpan?)"/> does, without blocking a thread.</summary>
    /// <param name="cancellationToken">Cancels the wait. Nothing is lost.</param>
    public Task FlushAsync(CancellationToken cancellationToken) => FlushAsync(null, cancellationToken);

    /// <summary>Waits as <see cref="Flush(TimeSpan?)"/> does, without blocking a thread.</summary>
    /// <inheritdoc cref="Flush(TimeSpan?)"/>
    /// <param name="timeout">The maximum time to wait; no limit if omitted.</param>
    /// <param name="cancellationToken">Cancels the wait. Nothing is lost.</param>
    public Task FlushAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        Open().FlushAsync(timeout, cancellationToken);

    /// <summary>
    /// Ends the run: stops accepting calls, delivers everything accepted, reports the outcome to the service and prints the
    /// summary. A second call does nothing.
    /// </summary>
    /// <param name="timeout">How long delivery may take; <see cref="RunOptions.CloseTimeout"/> if omitted; 0 abandons what was not sent yet.</param>
    /// <exception cref="ClosingException">The run is closed, but something that it had accepted did not arrive.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The timeout is negative.</exception>
    public void Close(TimeSpan? timeout = null) => End(Checked(timeout), closeRun: true);

    /// <summary>Ends the run as <see cref="Close(TimeSpan?)"/> does, without blocking a thread.</summary>
    /// <inheritdoc cref="Close(TimeSpan?)"/>
    public Task CloseAsync(TimeSpan? timeout = null) => EndAsync(Checked(timeout), closeRun: true);

    /// <summary>
    /// Leaves the run: delivers everything accepted as <see cref="Close(TimeSpan?)"/> does, but the run stays open for the other
    /// processes of the job, or to be continued later.
    /// </summary>
    /// <inheritdoc cref="Close(TimeSpan?)"/>
    public void Detach(TimeSpan? timeout = null) => End(Checked(timeout), closeRun: false);

    /// <summary>Leaves the run as <see cref="Detach(TimeSpan?)"/> does, without blocking a thread.</summary>
    /// <inheritdoc cref="Detach(TimeSpan?)"/>
    public Task DetachAsync(TimeSpan? timeout = null) => EndAsync(Checked(timeout), closeRun: false);

    /// <summary>Marks the run as failed. It continues, and ends with that outcome.</summary>
    /// <param name="exception">What made it fail.</param>
    public void Fail(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        Fail($"{exception.GetType().Name}: {exception.Message}");
    }

    /// <summary>Marks the run as failed. It continues, and ends with that outcome.</summary>
    /// <param name="reason">What made it fail.</param>
    public void Fail(string reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        Interlocked.CompareExchange(ref _failure, reason, null);
    }

    /// <summary>Ends the run as <see cref="Close(TimeSpan?)"/> does, but never throws: losses are reported as a warning.</summary>
    public void Dispose()
    {
        try
        {
            End(null, closeRun: true);
        }
        catch (MetranaException e)
        {
            WarnOfEnd(e);
        }
    }

    /// <summary>Ends the run as <see cref="Dispose"/> does, without blocking a thread.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await EndAsync(null, closeRun: true).ConfigureAwait(false);
        }
        catch (MetranaException e)
        {
            WarnOfEnd(e);
        }
    }

    /// <summary>Whether a call came while the run was ending under a thread that trains on.</summary>
    internal bool IsLate(Exception e) => e is LoggerClosedException or ObjectDisposedException && (_ending != 0 || ExitWatch.IsEnding);

    /// <summary>Remembers that a signal asked the process to end.</summary>
    internal void Interrupt(string signal) => Interlocked.CompareExchange(ref _interruption, signal, null);

    /// <summary>Does something when the run ends, while it still accepts calls.</summary>
    internal void AtTheEnd(Action action)
    {
        lock (_lastActions)
        {
            _lastActions.Add(action);
        }
    }

    private static TimeSpan? Checked(TimeSpan? timeout)
    {
        if (timeout is { } given && given < TimeSpan.Zero && given != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(nameof(timeout), given, "A timeout is zero or more, or Timeout.InfiniteTimeSpan.");
        }

        return timeout;
    }

    private void End(TimeSpan? timeout, bool closeRun)
    {
        if (BeginToEnd(timeout, closeRun) is not { } end)
        {
            return;
        }

        using Activity? activity = RunHealth.Follow("metrana.close", Project, Name);
        using Timer progress = SayProgress(end.Timeout);
        Task mirrors = EndMirrors(end);
        try
        {
            _backend.End(end);
        }
        catch (ClosingException) when (end.Timeout == TimeSpan.Zero)
        {
            // It was to be abandoned. How much that was is in the summary.
        }
        finally
        {
            mirrors.Wait();
            FinishEnding(end);
            if (_opening is not null)
            {
                Task.Run(async () => await _opening.LetGoAsync().ConfigureAwait(false)).Wait();
            }
        }
    }

    private async Task EndAsync(TimeSpan? timeout, bool closeRun)
    {
        if (BeginToEnd(timeout, closeRun) is not { } end)
        {
            return;
        }

        using Activity? activity = RunHealth.Follow("metrana.close", Project, Name);
        using Timer progress = SayProgress(end.Timeout);
        Task mirrors = EndMirrors(end);
        try
        {
            await _backend.EndAsync(end).ConfigureAwait(false);
        }
        catch (ClosingException) when (end.Timeout == TimeSpan.Zero)
        {
            // It was to be abandoned. How much that was is in the summary.
        }
        finally
        {
            await mirrors.ConfigureAwait(false);
            FinishEnding(end);
            if (_opening is not null)
            {
                await _opening.LetGoAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>The mirrors finish while the run delivers, and have as long as it has.</summary>
    private Task EndMirrors(EndOfRun end) => _mirrors is null ? Task.CompletedTask : Task.Run(() => _mirrors.EndAsync(end));

    /// <summary>Decides how the run ends; null when somebody else is ending it already, or nothing ever does.</summary>
    private EndOfRun? BeginToEnd(TimeSpan? timeout, bool closeRun)
    {
        if (ReferenceEquals(this, Disabled) || Interlocked.Exchange(ref _ending, 1) != 0)
        {
            return null;
        }

        WeakReference<Exception>[] thrown = ThrownHere.Since(_begun);
        Action[] actions;
        lock (_lastActions)
        {
            actions = [.. _lastActions];
        }

        foreach (Action action in actions)
        {
            try
            {
                action();
            }
            catch (MetranaException e)
            {
                WarnOfEnd(e);
            }
        }

        _ended = 1;
        LeaveCurrent(this);
        _sampler?.Dispose();
        _watch?.Dispose();
        (RunOutcome outcome, string? message) =
            _failure is not null ? (RunOutcome.Failed, _failure)
            : _interruption is not null ? (RunOutcome.Aborted, _interruption)
            : (RunOutcome.Finished, (string?)null);
        return new EndOfRun(timeout ?? _settings?.CloseTimeout ?? RunSettings.DefaultCloseTimeout, closeRun, outcome, message)
        {
            Thrown = thrown,
        };
    }

    private void FinishEnding(EndOfRun end)
    {
        Outcome = end.CloseRun ? end.Outcome : RunOutcome.Running;
        ExitWatch.Forget(this, end is { CloseRun: true, Outcome: RunOutcome.Finished } ? end.Thrown : []);
        if (_settings is not null)
        {
            _console.Write(_summary.Write(
                ToString(), end, Stopwatch.GetElapsedTime(_begun), _backend.Delivery, _backend.Stopped, Mirrors, Url, _console.IsTerminal));
        }
    }

    /// <summary>Says after a while what the end waits for, so that nobody takes it for a program that hangs.</summary>
    private Timer SayProgress(TimeSpan timeout) => new(
        _ => _console.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"run {this} is delivering its last {_backend.Delivery.Pending} points{(timeout == Timeout.InfiniteTimeSpan ? "" : $", for {timeout.TotalSeconds:F0} s at most")}")),
        null,
        _silence,
        _progress);

    private void WarnOfEnd(MetranaException e) => _console.Warn(RunEvents.EndIncomplete, e.Message, ("Reason", e.Message));
}
