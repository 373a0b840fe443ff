namespace Metrana.Native;

/// <summary>What the logger does when data cannot be delivered after all retries.</summary>
public enum DeliveryPolicy
{
    /// <summary>
    /// The logger stops, and every later call throws <see cref="SenderException"/>, so that a run never continues with missing data
    /// unnoticed.
    /// </summary>
    StopOnLoss = 0,

    /// <summary>The data is dropped, counted and reported, and logging continues.</summary>
    TolerateLoss = 1,
}
