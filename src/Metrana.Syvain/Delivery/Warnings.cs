using Metrana.Native;
using Microsoft.Extensions.Logging;

namespace Metrana.Syvain.Delivery;

/// <summary>Says what goes wrong, each kind of it once a minute at most: a service that is away for a night fills no log.</summary>
internal sealed partial class Warnings(ILoggerFactory? factory, DeliveryClock clock)
{
    private static readonly TimeSpan _pause = TimeSpan.FromMinutes(1);

    private readonly ILogger? _log = factory?.CreateLogger("Metrana.Syvain");
    private readonly Dictionary<string, DateTimeOffset> _said = new(StringComparer.Ordinal);

    /// <param name="kind">What kind of problem it is.</param>
    /// <param name="text">What is said of it.</param>
    public void Say(string kind, string text)
    {
        lock (_said)
        {
            DateTimeOffset now = clock.Now;
            if (_said.TryGetValue(kind, out DateTimeOffset last) && now - last < _pause)
            {
                return;
            }

            _said[kind] = now;
        }

        if (_log is null)
        {
            StandardError.WriteLine($"metrana: syvain: {text}");
            return;
        }

        try
        {
            Warned(_log, text);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A log provider that throws is not the training loop's problem.
        }
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "{Text}")]
    private static partial void Warned(ILogger log, string text);
}
