using System.Text.Json;
using System.Text.Json.Serialization;
using Metrana.Server.Http;

namespace Metrana.Server;

/// <summary>An aggregation that a logger asked the service to compute. The local server only stores the rule.</summary>
public sealed record StoredAggregationRule : IJsonOnDeserialized
{
    /// <summary>The metric; <see langword="null"/> means all metrics of the scale.</summary>
    public string? MetricName { get; init; }

    /// <summary>The scale of the source series.</summary>
    public required string SourceScale { get; init; }

    /// <summary>The scale of the computed series.</summary>
    public required string OutputScale { get; init; }

    /// <summary>The functions to compute.</summary>
    public required IReadOnlyList<StoredAggregationFunction> Functions { get; init; }

    /// <summary>The labels to aggregate over.</summary>
    public required IReadOnlyList<string> AggregateOverLabels { get; init; }

    /// <summary>The name of the computed series, if one was given.</summary>
    public string? OutputMetricName { get; init; }

    /// <summary>The suffix for the name of the computed series, if one was given.</summary>
    public string? OutputNameSuffix { get; init; }

    void IJsonOnDeserialized.OnDeserialized()
    {
        Expect.NoNull(SourceScale, OutputScale, Functions);
        Expect.NoNullIn(AggregateOverLabels);
    }
}

/// <summary>A function that a <see cref="StoredAggregationRule"/> computes.</summary>
[JsonConverter(typeof(StoredAggregationFunctionConverter))]
public enum StoredAggregationFunction
{
    /// <summary>Not specified.</summary>
    Unspecified = 0,

    /// <summary>The mean.</summary>
    Mean,

    /// <summary>The largest value.</summary>
    Max,

    /// <summary>The sum.</summary>
    Sum,

    /// <summary>The smallest value.</summary>
    Min,

    /// <summary>The standard deviation.</summary>
    StdDev,

    /// <summary>The number of values.</summary>
    Count,
}

internal sealed class StoredAggregationFunctionConverter()
    : JsonStringEnumConverter<StoredAggregationFunction>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);
