namespace Metrana.Syvain;

/// <summary>Counts of what happened to everything that one experiment logged, taken at one moment.</summary>
/// <param name="Metrics">The metrics.</param>
/// <param name="Annotations">The annotations.</param>
/// <param name="Statuses">The statuses. A newer status replaces a waiting one, and both count as one.</param>
/// <param name="NonFinite">
/// Metrics whose value was NaN or infinite, which the service cannot represent. They never entered the queue.
/// </param>
public readonly record struct ExperimentDelivery(DeliveryCount Metrics, DeliveryCount Annotations, DeliveryCount Statuses, long NonFinite);

/// <summary>Counts of one kind of data. The numbers delivered, dropped and pending add up to the number added.</summary>
/// <param name="Added">The number of items that entered the queue.</param>
/// <param name="Delivered">The number that the service accepted.</param>
/// <param name="Dropped">The number that were lost.</param>
/// <param name="Pending">The number that are waiting or being sent.</param>
public readonly record struct DeliveryCount(long Added, long Delivered, long Dropped, long Pending);
