using System.Text.Json;
using System.Text.Json.Serialization;

namespace Metrana.Server;

/// <summary>The ordering of the steps of a series, as given by its first declaration.</summary>
[JsonConverter(typeof(SeriesOrderingConverter))]
public enum SeriesOrdering
{
    /// <summary>Not specified.</summary>
    Undefined = 0,

    /// <summary>Each point follows the previous one; its step is counted from there.</summary>
    RelativeOrdered = 1,

    /// <summary>Points arrive in any order, each with its step.</summary>
    AbsoluteUnordered = 2,

    /// <summary>Each point has its step, and steps increase.</summary>
    AbsoluteOrdered = 3,
}

internal sealed class SeriesOrderingConverter()
    : JsonStringEnumConverter<SeriesOrdering>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);
