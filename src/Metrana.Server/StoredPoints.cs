namespace Metrana.Server;

/// <summary>
/// Points of a series, exactly as they were sent and in the order they arrived. The three lists have the same length; what
/// stands at the same place in each is one point.
/// </summary>
public sealed record StoredPoints
{
    /// <summary>How many points the series had when it was read.</summary>
    public ulong Total { get; init; }

    /// <summary>The place of the first of these points in the series.</summary>
    public ulong Offset { get; init; }

    /// <summary>The steps.</summary>
    public required IReadOnlyList<ulong> Steps { get; init; }

    /// <summary>The timestamps, in milliseconds since 1970.</summary>
    public required IReadOnlyList<long> TimestampsMillis { get; init; }

    /// <summary>The values, NaN and infinities among them. Single-precision values were widened, which changes none of them.</summary>
    public required IReadOnlyList<double> Values { get; init; }
}
