namespace Metrana.Native;

/// <summary>The behaviour of a log call while the queue is full.</summary>
public enum Backpressure
{
    /// <summary>It waits for room, however long that takes.</summary>
    Block = 0,

    /// <summary>It waits for <see cref="LoggerConfig.EnqueueTimeout"/>, then drops its data and counts it as refused.</summary>
    DropNew = 1,

    /// <summary>It waits for <see cref="LoggerConfig.EnqueueTimeout"/>, then throws <see cref="QueueFullException"/>.</summary>
    Raise = 2,
}
