using System.Text.Json;
using System.Text.Json.Serialization;

namespace Metrana.Server;

/// <summary>How a run stands.</summary>
[JsonConverter(typeof(RunStatusConverter))]
public enum RunStatus
{
    /// <summary>The server did not say.</summary>
    Undefined = 0,

    /// <summary>A logger is connected, or was heard of within the last minute.</summary>
    Running = 1,

    /// <summary>A logger has closed it.</summary>
    Finished = 2,

    /// <summary>A logger has closed it and said that it failed.</summary>
    Failed = 3,

    /// <summary>A logger has closed it and said that it was aborted.</summary>
    Aborted = 4,

    /// <summary>Nobody has closed it, and no logger was heard of for a minute.</summary>
    LostContact = 5,
}

internal sealed class RunStatusConverter()
    : JsonStringEnumConverter<RunStatus>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);
