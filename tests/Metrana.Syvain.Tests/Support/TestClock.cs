using Metrana.Syvain.Delivery;

namespace Metrana.Syvain.Tests.Support;

/// <summary>
/// A clock that stands still. Pauses between tries are over at once and written down; what lingers in the background waits until
/// a test says so.
/// </summary>
internal sealed class TestClock : DeliveryClock
{
    private readonly object _gate = new();
    private readonly List<TimeSpan> _pauses = [];
    private readonly List<TimeSpan> _lingers = [];
    private TaskCompletionSource _fired = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public DateTimeOffset Time { get; set; } = DateTimeOffset.UnixEpoch.AddYears(56);

    /// <summary>What happens at a pause.</summary>
    public Func<CancellationToken, Task> OnPause { get; set; } = _ => Task.CompletedTask;

    public override DateTimeOffset Now => Time;

    public IReadOnlyList<double> Pauses
    {
        get
        {
            lock (_gate)
            {
                return [.. _pauses.Select(pause => pause.TotalSeconds)];
            }
        }
    }

    public IReadOnlyList<double> Lingers
    {
        get
        {
            lock (_gate)
            {
                return [.. _lingers.Select(pause => pause.TotalSeconds)];
            }
        }
    }

    public override Task PauseAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _pauses.Add(time);
        }

        cancellationToken.ThrowIfCancellationRequested();
        return OnPause(cancellationToken);
    }

    public override Task LingerAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _lingers.Add(time);
            return _fired.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>The delay of everything that lingers is over.</summary>
    public void Fire()
    {
        lock (_gate)
        {
            _fired.SetResult();
            _fired = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Waits until something lingers for the given time in all, and ends its delay.</summary>
    public async Task FireAfterAsync(int lingers)
    {
        await Eventually.ShouldAsync(() => Lingers.Count >= lingers, $"a delay begins for the {lingers}. time");
        Fire();
    }
}
