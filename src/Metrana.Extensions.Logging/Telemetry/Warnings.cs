using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Metrana.Extensions.Logging.Telemetry;

/// <summary>Says what goes wrong where the program's other log lines go, which for this category do not come back here.</summary>
internal sealed partial class Warnings(IServiceProvider? services)
{
    public const string Category = "Metrana.Extensions.Logging";

    public void Say(string text)
    {
        try
        {
            // Asked late: while providers are made, the factory that they are made for does not exist.
            if (services?.GetService<ILoggerFactory>() is { } factory)
            {
                Warning(factory.CreateLogger(Category), text);
                return;
            }
        }
        catch (ObjectDisposedException)
        {
            // The program is ending, and its logging has gone before.
        }

        try
        {
            System.Console.Error.WriteLine($"metrana: {text}");
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Nobody reads it any more.
        }
    }

    [LoggerMessage(EventId = 1, EventName = "TelemetryWarning", Level = LogLevel.Warning, Message = "{Text}")]
    private static partial void Warning(ILogger log, string text);
}
