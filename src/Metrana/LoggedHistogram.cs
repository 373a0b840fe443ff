using Metrana.Native;

namespace Metrana;

/// <summary>A histogram that was logged to an in-memory run.</summary>
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

    /// <summary>The number of values in each bin; empty if the histogram has densities.</summary>
    public required IReadOnlyList<long> Counts { get; init; }

    /// <summary>The density of the values in each bin; empty if the histogram has counts.</summary>
    public IReadOnlyList<double> Densities { get; init; } = [];

    /// <summary>Statistics of the original values, if they are known.</summary>
    public HistogramStats? Stats { get; init; }
}
