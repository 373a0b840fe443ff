namespace Metrana;

/// <summary>What a log call does when the queue of unsent points is full, once it has waited <see cref="RunOptions.EnqueueTimeout"/>.</summary>
public enum BackpressureStrategy
{
    /// <summary>Drops the new points and counts them. The training loop continues.</summary>
    DropNew,

    /// <summary>
    /// Waits for as long as it takes: nothing is dropped, but the loop can stand still. Where <see cref="RunOptions.EnqueueTimeout"/>
    /// is set, a call that has waited that long throws <see cref="Native.QueueFullException"/>.
    /// </summary>
    Block,

    /// <summary>Throws <see cref="Native.QueueFullException"/>; nothing of the call was logged.</summary>
    Raise,
}
