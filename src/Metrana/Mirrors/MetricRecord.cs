namespace Metrana.Mirrors;

/// <summary>A record of one series.</summary>
public abstract record MetricRecord : RunRecord
{
    private protected MetricRecord()
    {
    }

    /// <summary>The name of the metric.</summary>
    public required string Metric { get; init; }

    /// <summary>What its steps count, such as <c>ML_STEP</c>.</summary>
    public required string Scale { get; init; }

    /// <summary>The labels that distinguish this series from others of the metric. An evaluation has the label <c>evaluation</c>.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }
}
