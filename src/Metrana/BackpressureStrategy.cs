namespace Metrana;

/// <summary>What a log call does when the queue of unsent points is full, once it has waited <see cref="RunOptions.EnqueueTimeout"/>.</summary>
public enum BackpressureStrategy
{
    /// <summary>Drops the new points and counts them. The training loop continues.</summary>
    DropNew,

    /// <summary>
    /// Waits without limit: nothing is dropped, but the training loop can stall. If <see cref="RunOptions.EnqueueTimeout"/> is set,
    /// a call that has waited that long throws <see cref="Native.QueueFullException"/>.
    /// </summary>
    Block,

    /// <summary>Throws <see cref="Native.QueueFullException"/>; nothing of the call was logged.</summary>
    Raise,
}
