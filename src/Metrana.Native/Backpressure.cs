namespace Metrana.Native;

/// <summary>What a log call does while the queue is full.</summary>
public enum Backpressure
{
    /// <summary>
    /// The call waits for room, without limit unless <see cref="LoggerConfig.EnqueueTimeout"/> is set; then it throws
    /// <see cref="QueueFullException"/> after that time.
    /// </summary>
    Block = 0,

    /// <summary>The call waits for <see cref="LoggerConfig.EnqueueTimeout"/>, then drops its data and counts it as refused.</summary>
    DropNew = 1,

    /// <summary>The call waits for <see cref="LoggerConfig.EnqueueTimeout"/>, then throws <see cref="QueueFullException"/>.</summary>
    Raise = 2,
}
