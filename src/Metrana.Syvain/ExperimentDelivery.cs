namespace Metrana.Syvain;

/// <summary>What became of everything that one experiment logged, counted at one moment.</summary>
/// <param name="Metrics">Its metrics.</param>
/// <param name="Annotations">Its annotations.</param>
/// <param name="Statuses">Its statuses. A newer one takes the place of one that waits, and both count as one.</param>
/// <param name="NonFinite">Metrics whose value was NaN or infinite, which the service has no number for. They never entered the queue.</param>
public readonly record struct ExperimentDelivery(DeliveryCount Metrics, DeliveryCount Annotations, DeliveryCount Statuses, long NonFinite);

/// <summary>What was delivered, was lost and waits adds up to what was added.</summary>
/// <param name="Added">What entered the queue.</param>
/// <param name="Delivered">What the service accepted.</param>
/// <param name="Dropped">What is lost.</param>
/// <param name="Pending">What waits, or is on its way.</param>
public readonly record struct DeliveryCount(long Added, long Delivered, long Dropped, long Pending);
