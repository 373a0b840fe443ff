namespace Metrana.Tests.Support;

/// <summary>A clock that a test winds forward; timers ring as they are passed.</summary>
internal sealed class ManualClock : TimeProvider
{
    private readonly List<Bell> _bells = [];
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>How many timers there are.</summary>
    public int Timers
    {
        get
        {
            lock (_bells)
            {
                return _bells.Count;
            }
        }
    }

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        lock (_bells)
        {
            Bell bell = new(this, () => callback(state));
            _bells.Add(bell);
            return bell;
        }
    }

    /// <summary>Moves on by one period of every timer.</summary>
    public void Tick(TimeSpan period)
    {
        Interlocked.Add(ref _ticks, period.Ticks);
        Bell[] bells;
        lock (_bells)
        {
            bells = [.. _bells];
        }

        Array.ForEach(bells, bell => bell.Ring());
    }

    private sealed class Bell(ManualClock clock, Action ring) : ITimer
    {
        public void Ring() => ring();

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
            lock (clock._bells)
            {
                clock._bells.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
