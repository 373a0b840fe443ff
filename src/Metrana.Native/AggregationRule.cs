namespace Metrana.Native;

/// <summary>
/// Asks the service to compute a new series from a series of the run, such as the mean over all environment steps of an episode.
/// See <see cref="LoggerConfig.AggregationRules"/>.
/// </summary>
public sealed record AggregationRule
{
    /// <summary>Which metric; null stands for all of the scale.</summary>
    public string? MetricName { get; init; }

    /// <summary>The scale of the series that the rule takes.</summary>
    public required string SourceScale { get; init; }

    /// <summary>The scale of the series that the rule makes.</summary>
    public required string OutputScale { get; init; }

    /// <summary>How values are brought together; each function makes a series of its own.</summary>
    public IReadOnlyList<AggregationFunction> Functions { get; init; } = [];

    /// <summary>The keys of the labels that values are brought together over: the result has them no more.</summary>
    public IReadOnlyList<string> AggregateOverLabels { get; init; } = [];

    /// <summary>The metric of what comes out; null leaves the choice to the service.</summary>
    public string? OutputMetricName { get; init; }

    /// <summary>A suffix for the name of the computed series.</summary>
    public string? OutputNameSuffix { get; init; }
}
