using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Metrana.Server;

/// <summary>The kind of data in a series.</summary>
[JsonConverter(typeof(SeriesKindConverter))]
public enum SeriesKind
{
    /// <summary>The series was declared and has no points yet.</summary>
    Undefined = 0,

    /// <summary>Numbers: <see cref="LocalServer.GetPointsAsync(string, long, PointView, CancellationToken)"/>, or
    /// <see cref="LocalServer.GetRlPointsAsync(string, long, string, PointView, CancellationToken)"/> if the family of the series is
    /// <see cref="SeriesFamily.ReinforcementLearning"/>.</summary>
    [SuppressMessage("Naming", "CA1720", Justification = "It is the protocol's own name.")]
    Float = 1,

    /// <summary>Histograms of counts: <see cref="LocalServer.GetHistogramsAsync"/>.</summary>
    Histogram = 2,

    /// <summary>Histograms of densities: <see cref="LocalServer.GetHistogramsAsync"/>.</summary>
    DensityHistogram = 3,

    /// <summary>Sets of points in two dimensions: <see cref="LocalServer.GetScattersAsync"/>.</summary>
    Scatter = 4,

    /// <summary>Sets of points in three dimensions: <see cref="LocalServer.GetScattersAsync"/>.</summary>
    Scatter3D = 5,
}

internal sealed class SeriesKindConverter() : JsonStringEnumConverter<SeriesKind>(new Names(), allowIntegerValues: false)
{
    private sealed class Names : JsonNamingPolicy
    {
        public override string ConvertName(string name) =>
            name == nameof(SeriesKind.Scatter3D) ? "scatter_3d" : SnakeCaseLower.ConvertName(name);
    }
}
