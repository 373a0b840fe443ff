using System.Text.Json;
using System.Text.Json.Serialization;

namespace Metrana.Server;

/// <summary>The status of a run.</summary>
[JsonConverter(typeof(RunStatusConverter))]
public enum RunStatus
{
    /// <summary>The server did not report a status.</summary>
    Undefined = 0,

    /// <summary>A logger is connected, or was in contact within the last minute.</summary>
    Running = 1,

    /// <summary>A logger closed the run.</summary>
    Finished = 2,

    /// <summary>A logger closed the run and reported that it failed.</summary>
    Failed = 3,

    /// <summary>A logger closed the run and reported that it was aborted.</summary>
    Aborted = 4,

    /// <summary>No logger closed the run, and none has been in contact for a minute.</summary>
    LostContact = 5,
}

internal sealed class RunStatusConverter()
    : JsonStringEnumConverter<RunStatus>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);
