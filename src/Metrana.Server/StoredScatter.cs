using System.Text.Json.Serialization;
using Metrana.Server.Http;

namespace Metrana.Server;

/// <summary>A set of points at a step of a series. The elements at one index of the lists make up one point.</summary>
public sealed record StoredScatter : IJsonOnDeserialized
{
    /// <summary>The step.</summary>
    public required long Step { get; init; }

    /// <summary>The timestamp, in milliseconds since 1970.</summary>
    public required long TimestampMillis { get; init; }

    /// <summary>The x coordinates.</summary>
    public required IReadOnlyList<double> Xs { get; init; }

    /// <summary>The y coordinates.</summary>
    public required IReadOnlyList<double> Ys { get; init; }

    /// <summary>The z coordinates, in a series of <see cref="SeriesKind.Scatter3D"/>.</summary>
    public IReadOnlyList<double>? Zs { get; init; }

    void IJsonOnDeserialized.OnDeserialized()
    {
        Expect.NotNegative(Step);
        Expect.Columns(Xs?.Count, Ys?.Count, Zs is null ? Xs?.Count : Zs.Count);
    }
}
