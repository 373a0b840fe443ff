namespace Metrana.Extensions.Logging.Telemetry;

/// <summary>
/// The time of events. Of the system's own clock it takes the ticks, which cost a fifth of the exact time and are some milliseconds
/// old, and sets them by the exact time once a second.
/// </summary>
internal sealed class EventClock(TimeProvider clock, Func<long>? ticks = null)
{
    private const long Pause = 1000;

    /// <summary>Ticks are as far from the exact time as the system's timer is coarse; by that much the time must not go to and fro.</summary>
    private const long Tolerance = 50;

    private readonly bool _isExact = ticks is null && !ReferenceEquals(clock, TimeProvider.System);
    private long _setAt = -Pause;
    private long _offset;

    /// <summary>Milliseconds since 1970.</summary>
    public long Now
    {
        get
        {
            if (_isExact)
            {
                return Exact;
            }

            long now = Ticks;
            if (now - Volatile.Read(ref _setAt) >= Pause)
            {
                Set();
            }

            return now + Volatile.Read(ref _offset);
        }
    }

    private long Exact => clock.GetUtcNow().ToUnixTimeMilliseconds();

    private long Ticks => ticks is null ? Environment.TickCount64 : ticks();

    /// <summary>Threads that do it at once find the same.</summary>
    private void Set()
    {
        long now = Ticks;
        long offset = Exact - now;
        if (Math.Abs(offset - Volatile.Read(ref _offset)) > Tolerance)
        {
            Volatile.Write(ref _offset, offset);
        }

        Volatile.Write(ref _setAt, now);
    }
}
