using System.Globalization;
using System.Text;
using Metrana.Extensions.Logging.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Metrana.Extensions.Logging.Console;

/// <summary>
/// Writes an event in a line: <c>12:34:56 INFO  TRAINER    Critic Loss 0.5 | Timesteps 100 | train</c>. Events without a category
/// have the logger's in its place.
/// </summary>
internal sealed class MetranaConsoleFormatter(MetricLabels labels, TimeProvider? clock = null) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "metrana";

    private const string Between = " | ";

    private readonly TimeProvider _clock = clock ?? TimeProvider.System;

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        string text = logEntry.Formatter?.Invoke(logEntry.State, logEntry.Exception) ?? "";
        EventFields fields = new();
        fields.Begin();
        StateReader.Read(logEntry.State, fields);
        scopeProvider?.ForEachScope(
            static (scope, to) => StateReader.ReadScope(scope, to.Fields, to.Needs),
            (Fields: fields, Needs: new EventFields.ScopeNeeds(Category: !fields.HasCategory, Step: false, Numbers: false)));
        StringBuilder line = new();
        line.Append(CultureInfo.InvariantCulture, $"{_clock.GetLocalNow():HH:mm:ss} {NameOf(logEntry.LogLevel)} ");
        if (fields.HasCategory)
        {
            line.Append(CultureInfo.InvariantCulture, $"{TelemetryCategory.Normalize(fields.Category),-10}");
            WriteFields(line, logEntry.State);
            text = fields.Message ?? text;
        }
        else
        {
            line.Append(logEntry.Category);
        }

        if (text.Length > 0)
        {
            line.Append(fields.HasCategory ? Between : ": ").Append(text);
        }

        if (logEntry.Exception is { } exception)
        {
            line.Append(Between).Append(exception);
        }

        // A line stays one: what a field or a message holds may come from outside, and must not look like an event of its own.
        textWriter.WriteLine(line.Replace("\r", "").Replace('\n', ' ').ToString());
    }

    private void WriteFields(StringBuilder line, object? state)
    {
        string between = " ";
        foreach ((string name, object? value) in StateReader.Pairs(state))
        {
            if (FieldRoles.Of(name) is not (FieldRole.Category or FieldRole.Message or FieldRole.Ignored))
            {
                line.Append(between).Append(labels.Of(name)).Append(' ').Append(Show(value));
                between = Between;
            }
        }
    }

    private static string Show(object? value) =>
        value is double or float or decimal && FieldNumber.TryRead(value, out double number)
            ? number.ToString("G6", CultureInfo.InvariantCulture)
            : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

    private static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Trace => "TRACE",
        LogLevel.Debug => "DEBUG",
        LogLevel.Information => "INFO ",
        LogLevel.Warning => "WARN ",
        LogLevel.Error => "ERROR",
        LogLevel.Critical => "FATAL",
        _ => "     ",
    };
}
