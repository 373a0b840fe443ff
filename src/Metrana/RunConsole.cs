using System.Globalization;
using Metrana.Native;
using Microsoft.Extensions.Logging;

namespace Metrana;

/// <summary>What a run says to people: where it stands, what goes wrong, how it ended.</summary>
internal sealed class RunConsole
{
    private readonly ILogger? _log;
    private readonly TextWriter? _writer;
    private readonly LogLevel _level;
    private readonly string _run = "";

    /// <param name="options">Which run it is, and whether and where it says anything.</param>
    public RunConsole(RunOptions options)
    {
        _run = $"{options.Project}/{options.Name}";
        _writer = options.Print ?? true ? options.Output ?? Console.Error : null;
        _level = options.LogLevel ?? LogLevel.Warning;
        _log = options.LoggerFactory?.CreateLogger("Metrana");
        IsTerminal = options.Output is null && !Console.IsErrorRedirected;
    }

    private RunConsole()
    {
        _level = LogLevel.None;
    }

    /// <summary>Says nothing.</summary>
    public static RunConsole Silent { get; } = new();

    /// <summary>Whether a person reads along, and can be shown more than plain text.</summary>
    public bool IsTerminal { get; }

    /// <summary>Says something that belongs to the run.</summary>
    public void Say(string text) => Write($"metrana: {text}");

    /// <summary>Writes a text of several lines as it is.</summary>
    public void Write(string text)
    {
        if (_writer is not null)
        {
            WriteLine(_writer, text);
        }
    }

    /// <summary>Warns of something that a person may want to mend while the run goes on.</summary>
    /// <param name="id">What kind of line it is, one of <see cref="RunEvents"/>.</param>
    /// <param name="text">The line.</param>
    /// <param name="fields">What is in it, for programs.</param>
    public void Warn(EventId id, string text, params (string Name, object? Value)[] fields)
    {
        if (_level == LogLevel.None || _level > LogLevel.Warning)
        {
            return;
        }

        if (_log is null)
        {
            string time = DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
            WriteLine(_writer ?? Console.Error, $"{time} metrana warning: {text}");
        }
        else
        {
            LogLine line = new(_run, text, [.. fields.Select(field => KeyValuePair.Create(field.Name, field.Value))]);
            _log.Log(LogLevel.Warning, id, line, null, static (line, _) => line.ToString());
        }
    }

    private static void WriteLine(TextWriter writer, string text)
    {
        try
        {
            // The training loop, the mirrors and the end of the run write from threads of their own, several runs may share a
            // writer, and few writers can take two lines at once.
            lock (writer)
            {
                writer.WriteLine(text);
                writer.Flush();
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Nobody reads it any more, and a training run does not end over that.
        }
    }
}
