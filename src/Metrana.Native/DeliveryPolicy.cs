namespace Metrana.Native;

/// <summary>What happens when something can finally not be delivered.</summary>
public enum DeliveryPolicy
{
    /// <summary>The logger stops, and every later call throws: nobody trains on believing in logs that are not there.</summary>
    StopOnLoss = 0,

    /// <summary>The data is dropped, counted and reported, and logging goes on.</summary>
    TolerateLoss = 1,
}
