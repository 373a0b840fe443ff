using System.Text.Json;
using System.Text.Json.Serialization;

namespace Metrana.Server;

/// <summary>Whether the steps of a series grow, as its first declaration said.</summary>
[JsonConverter(typeof(SeriesOrderingConverter))]
public enum SeriesOrdering
{
    /// <summary>Nothing was said.</summary>
    Undefined = 0,

    /// <summary>Each point comes after the one before it; its step is counted from there.</summary>
    RelativeOrdered = 1,

    /// <summary>Points come in any order, each with its step.</summary>
    AbsoluteUnordered = 2,

    /// <summary>Each point has its step, and steps grow.</summary>
    AbsoluteOrdered = 3,
}

internal sealed class SeriesOrderingConverter()
    : JsonStringEnumConverter<SeriesOrdering>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);
