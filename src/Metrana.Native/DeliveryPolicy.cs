namespace Metrana.Native;

/// <summary>What happens when something could not be delivered and all retries are used up.</summary>
public enum DeliveryPolicy
{
    /// <summary>The logger stops, and every later call throws <see cref="SenderException"/>, so that a run never continues with missing data unnoticed.</summary>
    StopOnLoss = 0,

    /// <summary>The data is dropped, counted and reported, and logging continues.</summary>
    TolerateLoss = 1,
}
