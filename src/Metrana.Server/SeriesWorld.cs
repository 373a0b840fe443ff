using System.Text.Json;
using System.Text.Json.Serialization;

namespace Metrana.Server;

/// <summary>The two worlds of series. One name may stand for a series in each.</summary>
[JsonConverter(typeof(SeriesWorldConverter))]
public enum SeriesWorld
{
    /// <summary>The series was declared and has no points yet, which settle it.</summary>
    Undefined = 0,

    /// <summary>Points at steps.</summary>
    Std = 1,

    /// <summary>Reinforcement learning: points of environments, at steps of the training.</summary>
    Rl = 2,
}

internal sealed class SeriesWorldConverter()
    : JsonStringEnumConverter<SeriesWorld>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);
