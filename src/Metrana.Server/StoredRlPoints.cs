using System.Text.Json.Serialization;
using Metrana.Server.Http;

namespace Metrana.Server;

/// <summary>
/// Points of one environment in a reinforcement-learning series, exactly as they were sent and in the order in which they arrived.
/// The lists have the same length; the elements at one index make up one point.
/// </summary>
public sealed record StoredRlPoints : IPage, IJsonOnDeserialized
{
    /// <summary>The number of points that the environment had in the series when it was read.</summary>
    public required long Total { get; init; }

    /// <summary>The index of the first of these points among them.</summary>
    public required long Offset { get; init; }

    /// <summary>The environment.</summary>
    public required string Environment { get; init; }

    /// <summary>The steps of the training.</summary>
    public required IReadOnlyList<long> RlSteps { get; init; }

    /// <summary>The episodes; <see langword="null"/> where a point belongs to none.</summary>
    public required IReadOnlyList<long?> Episodes { get; init; }

    /// <summary>The environment steps.</summary>
    public required IReadOnlyList<long> EnvSteps { get; init; }

    /// <summary>Whether the environment steps continue across the steps of the training.</summary>
    public required IReadOnlyList<bool> Flat { get; init; }

    /// <summary>Whether the environment steps count from one over the whole episode.</summary>
    public required IReadOnlyList<bool> FromOne { get; init; }

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
        Expect.NoNull(Environment);
        Expect.Columns(
            Values?.Count,
            RlSteps?.Count,
            Episodes?.Count,
            EnvSteps?.Count,
            Flat?.Count,
            FromOne?.Count,
            TimestampsMillis?.Count,
            ValueWidths?.Count);
        Expect.NoneNegative(RlSteps!);
        Expect.NoneNegative(EnvSteps!);
        Expect.NotNegative([.. Episodes!]);
    }
}
