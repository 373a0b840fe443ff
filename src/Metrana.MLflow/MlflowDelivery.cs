namespace Metrana.MLflow;

/// <summary>Counts of what happened to the data for MLflow, taken at one moment.</summary>
/// <param name="Metrics">Metric values that the server has stored.</param>
/// <param name="Facts">Parameters and tags that the server has stored.</param>
/// <param name="Dropped">Values, parameters and tags that did not reach the server or were refused by it.</param>
/// <param name="Skipped">Records that MLflow cannot store, such as scatters.</param>
public readonly record struct MlflowDelivery(long Metrics, long Facts, long Dropped, long Skipped);
