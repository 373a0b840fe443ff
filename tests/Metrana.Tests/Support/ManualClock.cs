namespace Metrana.Tests.Support;

/// <summary>A clock that a test winds forward; timers ring as they are passed.</summary>
internal sealed class ManualClock : TimeProvider
{
    private readonly List<Action> _timers = [];
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        _timers.Add(() => callback(state));
        return new Bell();
    }

    /// <summary>Moves on by one period of every timer.</summary>
    public void Tick(TimeSpan period)
    {
        _ticks += period.Ticks;
        _timers.ForEach(ring => ring());
    }

    private sealed class Bell : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
