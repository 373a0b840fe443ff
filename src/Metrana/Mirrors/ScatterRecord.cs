namespace Metrana.Mirrors;

/// <summary>One set of points in the plane or in space.</summary>
public sealed record ScatterRecord : MetricRecord
{
    /// <summary>Its step.</summary>
    public required long Step { get; init; }

    /// <summary>When it was measured, in milliseconds since 1970 in UTC.</summary>
    public required long Timestamp { get; init; }

    /// <summary>The x coordinates.</summary>
    public required ReadOnlyMemory<double> Xs { get; init; }

    /// <summary>The y coordinates.</summary>
    public required ReadOnlyMemory<double> Ys { get; init; }

    /// <summary>The z coordinates; empty for points in the plane.</summary>
    public required ReadOnlyMemory<double> Zs { get; init; }

    /// <summary>The titles of the axes.</summary>
    public Native.AxisTitles Titles { get; init; }

    internal override int Points => 1;

    internal override long Bytes => Overhead + (sizeof(double) * (long)(Xs.Length + Ys.Length + Zs.Length));
}
