using Metrana.Native;

namespace Metrana;

/// <summary>One histogram that an in-memory run took.</summary>
public sealed record LoggedHistogram
{
    /// <summary>The name of the metric.</summary>
    public required string Metric { get; init; }

    /// <summary>What its steps count.</summary>
    public required string Scale { get; init; }

    /// <summary>Its labels.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>Its step.</summary>
    public required long Step { get; init; }

    /// <summary>The edges of the bins.</summary>
    public required IReadOnlyList<double> Edges { get; init; }

    /// <summary>How many values each bin holds; none where there are densities.</summary>
    public required IReadOnlyList<long> Counts { get; init; }

    /// <summary>How densely the values lie in each bin; none where they were counted.</summary>
    public IReadOnlyList<double> Densities { get; init; } = [];

    /// <summary>Statistics of the original values, where they are known.</summary>
    public HistogramStats? Stats { get; init; }
}
