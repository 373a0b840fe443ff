using Microsoft.Extensions.Logging;

namespace Metrana.Extensions.Logging.Tests;

/// <summary>Events of LoggerMessage, as programs write them.</summary>
internal static partial class Events
{
#pragma warning disable SYSLIB1015, IDE1006 // Fields need no place in the text, and have the names of metrics.
    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "train")]
    public static partial void Train(ILogger log, string category, double critic_loss, long timesteps);

    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "train")]
    public static partial void Wide(
        ILogger log, string category, double a, double b, double c, double d, double e, double f, long timesteps);

    [LoggerMessage(EventId = 3, Level = LogLevel.Information, Message = "quiet")]
    public static partial void Quiet(ILogger log, string category, string phase);
#pragma warning restore SYSLIB1015, IDE1006
}
