using System.Collections.Concurrent;

namespace Metrana.MLflow.Tests;

/// <summary>A clock on which pauses are over at once, and timeouts never; it knows which pauses there were.</summary>
internal sealed class HastyClock(TimeSpan timeout) : TimeProvider
{
    private readonly ConcurrentQueue<TimeSpan> _pauses = new();

    public IReadOnlyList<TimeSpan> Pauses => [.. _pauses];

    /// <summary>The time stands still, so that a pause is as long as it was meant.</summary>
    public override long GetTimestamp() => 0;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime == timeout || dueTime == Timeout.InfiniteTimeSpan)
        {
            return System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        _pauses.Enqueue(dueTime);
        return System.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}
