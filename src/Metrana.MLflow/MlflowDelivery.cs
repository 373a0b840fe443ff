namespace Metrana.MLflow;

/// <summary>What became of everything that was to be written to MLflow, counted at one moment.</summary>
/// <param name="Metrics">Values of metrics that the server has.</param>
/// <param name="Facts">Parameters and tags that the server has.</param>
/// <param name="Dropped">Values, parameters and tags that the server never got: it was out of reach, or refused them.</param>
/// <param name="Skipped">Records that MLflow cannot store, such as scatters.</param>
public readonly record struct MlflowDelivery(long Metrics, long Facts, long Dropped, long Skipped);
