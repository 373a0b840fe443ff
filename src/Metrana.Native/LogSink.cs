using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Metrana.Native;

/// <summary>
/// Where the log lines about a logger go: to the <see cref="ILoggerFactory"/> of its configuration, or to standard error
/// where there is none.
/// </summary>
internal sealed class LogSink
{
    /// <summary>The category of every line.</summary>
    public const string Category = "Metrana.Native";

    private readonly ILogger? _log;
    private readonly LogLevel _level;
    private long _lost;

    /// <param name="factory">The application's log, if it gave one.</param>
    /// <param name="level">The least urgent lines that are told.</param>
    /// <param name="run">What the lines are about.</param>
    public LogSink(ILoggerFactory? factory, LogLevel level, string run)
    {
        _log = factory?.CreateLogger(Category);
        _level = level;
        Run = run;
    }

    /// <summary>The run that the lines are about, as people call it.</summary>
    public string Run { get; }

    /// <summary>One line on standard error, for what belongs to no logger.</summary>
    public static void Complain(string message) => WriteToStandardError("error", "", message);

    /// <summary>Whether the configuration wants such lines. Asks no provider.</summary>
    public bool Wants(LogLevel level) => _level != LogLevel.None && level >= _level;

    /// <summary>Whether the configuration and the application's log want such lines.</summary>
    public bool IsEnabled(LogLevel level) => Wants(level) && (_log is null || _log.IsEnabled(level));

    /// <summary>A line was dropped.</summary>
    public void CountLost() => Interlocked.Increment(ref _lost);

    /// <summary>How many lines were dropped since this was last asked.</summary>
    public ulong TakeLost() => (ulong)Interlocked.Exchange(ref _lost, 0);

    public void Write(LogLevel level, EventId id, string message, params KeyValuePair<string, object?>[] fields)
    {
        if (!IsEnabled(level))
        {
            return;
        }

        if (_log is null)
        {
            WriteToStandardError(level.ToString().ToLowerInvariant(), Run, message);
        }
        else
        {
            LogLine line = new(Run, message, fields);
            _log.Log(level, id, line, null, static (line, _) => line.ToString());
        }
    }

    private static void WriteToStandardError(string level, string run, string message)
    {
        string time = DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        StandardError.WriteLine($"{time} metrana {level}: {(run.Length == 0 ? "" : run + ": ")}{message}");
    }
}
