using System.Text.Json.Serialization;
using Metrana.Server.Http;

namespace Metrana.Server;

/// <summary>
/// Points of a series, exactly as they were sent and in the order in which they arrived. The lists have the same length; the
/// elements at one index make up one point.
/// </summary>
public sealed record StoredPoints : IPage, IJsonOnDeserialized
{
    /// <summary>The number of points in the series when it was read.</summary>
    public required long Total { get; init; }

    /// <summary>The index of the first of these points in the series.</summary>
    public required long Offset { get; init; }

    /// <summary>The steps.</summary>
    public required IReadOnlyList<long> Steps { get; init; }

    /// <summary>The timestamps, in milliseconds since 1970.</summary>
    public required IReadOnlyList<long> TimestampsMillis { get; init; }

    /// <summary>The values, including NaN and infinities. Single-precision values are widened without loss.</summary>
    public required IReadOnlyList<double> Values { get; init; }

    /// <summary>The width with which each value was sent: 64 or 32 bits.</summary>
    [JsonPropertyName("value_width")]
    public required IReadOnlyList<int> ValueWidths { get; init; }

    int IPage.Count => Values.Count;

    void IJsonOnDeserialized.OnDeserialized()
    {
        Expect.NotNegative(Total, Offset);
        Expect.Columns(Values?.Count, Steps?.Count, TimestampsMillis?.Count, ValueWidths?.Count);
        Expect.NoneNegative(Steps!);
    }
}
