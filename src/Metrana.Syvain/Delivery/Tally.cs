namespace Metrana.Syvain.Delivery;

/// <summary>The counts of one kind of item. The outbox holds its lock.</summary>
internal sealed class Tally
{
    public long Added { get; set; }

    public long Delivered { get; set; }

    public long Dropped { get; set; }

    /// <summary>What waits or is on its way: everything that has no end yet.</summary>
    public DeliveryCount Count => new(Added, Delivered, Dropped, Added - Delivered - Dropped);
}

/// <summary>What an experiment had counted when somebody last looked.</summary>
/// <param name="Delivery">What became of its items.</param>
/// <param name="RetryableFailures">Requests that can be tried again.</param>
/// <param name="PermanentFailures">Requests that were refused.</param>
/// <param name="Errors">How many errors there were.</param>
internal readonly record struct Ledger(ExperimentDelivery Delivery, long RetryableFailures, long PermanentFailures, long Errors);
