using System.Text.Json;
using System.Text.Json.Serialization;

namespace Metrana.Server;

/// <summary>The status of a run.</summary>
[JsonConverter(typeof(RunStatusConverter))]
public enum RunStatus
{
    /// <summary>The server did not say.</summary>
    Undefined = 0,

    /// <summary>A logger is connected, or was heard from within the last minute.</summary>
    Running = 1,

    /// <summary>A logger has closed it.</summary>
    Finished = 2,

    /// <summary>A logger has closed it and said that it failed.</summary>
    Failed = 3,

    /// <summary>A logger has closed it and said that it was aborted.</summary>
    Aborted = 4,

    /// <summary>No logger has closed it, and none was heard from for a minute.</summary>
    LostContact = 5,
}

internal sealed class RunStatusConverter()
    : JsonStringEnumConverter<RunStatus>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);
