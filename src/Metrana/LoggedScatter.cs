namespace Metrana;

/// <summary>A set of points that was logged to an in-memory run.</summary>
public sealed record LoggedScatter
{
    /// <summary>The name of the metric.</summary>
    public required string Metric { get; init; }

    /// <summary>What its steps count.</summary>
    public required string Scale { get; init; }

    /// <summary>Its labels.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>Its step.</summary>
    public required long Step { get; init; }

    /// <summary>The x coordinates.</summary>
    public required IReadOnlyList<double> Xs { get; init; }

    /// <summary>The y coordinates.</summary>
    public required IReadOnlyList<double> Ys { get; init; }

    /// <summary>The z coordinates; empty for points in the plane.</summary>
    public required IReadOnlyList<double> Zs { get; init; }
}
