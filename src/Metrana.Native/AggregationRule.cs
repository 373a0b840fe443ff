namespace Metrana.Native;

/// <summary>
/// Asks the service to compute a new series from a series of the run, such as the mean over all environment steps of an episode.
/// See <see cref="LoggerConfig.AggregationRules"/>.
/// </summary>
public sealed record AggregationRule
{
    /// <summary>The metric; null means all metrics of the scale.</summary>
    public string? MetricName { get; init; }

    /// <summary>The scale of the series that the rule reads.</summary>
    public required string SourceScale { get; init; }

    /// <summary>The scale of the series that the rule computes.</summary>
    public required string OutputScale { get; init; }

    /// <summary>The functions that combine values. Each function produces its own series.</summary>
    public IReadOnlyList<AggregationFunction> Functions { get; init; } = [];

    /// <summary>The label keys to aggregate over. The computed series does not have them.</summary>
    public IReadOnlyList<string> AggregateOverLabels { get; init; } = [];

    /// <summary>The metric of the computed series; null leaves the choice to the service.</summary>
    public string? OutputMetricName { get; init; }

    /// <summary>A suffix for the name of the computed series.</summary>
    public string? OutputNameSuffix { get; init; }
}
