using System.Diagnostics;
using Metrana.Extensions.Logging.Telemetry;
using Microsoft.Extensions.Logging;

namespace Metrana.Extensions.Logging;

/// <summary>Reads events and puts their numbers into the queue, on the caller's thread.</summary>
internal sealed class MetranaLogger(
    string name, MetranaLoggerOptions options, MetricQueue queue, MetricPump pump, Func<IExternalScopeProvider?> scopes) : ILogger
{
    [ThreadStatic]
    private static EventFields? _fields;

    private readonly EventClock _clock = new(options.Clock);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => scopes()?.Push(state);

    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel == LogLevel.None || MetricPump.IsPump)
        {
            return;
        }

        EventFields fields = _fields ??= new EventFields();
        if (fields.IsBusy)
        {
            fields = new EventFields();
        }

        try
        {
            fields.Begin();
            StateReader.Read(state, fields);
            bool isMetric = Take(fields);
            if (options.AddToActivity && Activity.Current is { IsAllDataRequested: true } activity)
            {
                Trace(activity, logLevel, state, fields, formatter(state, exception));
            }

            if (logLevel >= options.AnnotationLevel && !isMetric)
            {
                Annotate(logLevel, state, fields, formatter(state, exception));
            }
        }
        catch (Exception)
        {
            // A field is somebody else's code and may throw anything; an event that cannot be read must not end a training run.
            queue.NoteUnreadable();
        }
        finally
        {
            fields.End();
        }
    }

    /// <summary>Queues the values of an event; false when it is no metric.</summary>
    private bool Take(EventFields fields)
    {
        if (!fields.HasCategory || !fields.HasStep || options.LogScopeFields)
        {
            ReadScopes(fields);
        }

        if (!fields.HasStep)
        {
            NoteWithoutStep(fields);
            return false;
        }

        FieldRole without = options.LogStepField ? FieldRole.Ignored : fields.StepRole;
        int values = 0;
        foreach (ref readonly EventFields.Field number in fields.Numbers)
        {
            values += number.Role == without ? 0 : 1;
        }

        if (values == 0)
        {
            return false;
        }

        if (queue.Add(TelemetryCategory.PrefixOf(fields.Category), fields.Numbers, values, without, fields.Step, _clock.Now))
        {
            pump.Begin();
        }

        return true;
    }

    private void NoteWithoutStep(EventFields fields)
    {
        if (fields.Numbers.IsEmpty)
        {
            return;
        }

        queue.NoteWithoutStep();

        // What has no category was hardly meant to be a metric: the port that a server listens on.
        if (fields.HasCategory && !pump.KnowsOneWithoutStep)
        {
            pump.SayWithoutStep(
                $"An event of '{name}' with the category {fields.Category} has the number '{fields.Numbers[0].Name}' and no step.");
        }
    }

    private void ReadScopes(EventFields fields)
    {
        if (fields.Numbers.IsEmpty && !options.LogScopeFields && options.AnnotationLevel == LogLevel.None)
        {
            return;
        }

        scopes()?.ForEachScope(
            static (scope, to) => StateReader.ReadScope(scope, to.Fields, to.Needs),
            (Fields: fields, Needs: new EventFields.ScopeNeeds(!fields.HasCategory, !fields.HasStep, options.LogScopeFields)));
    }

    private void Annotate<TState>(LogLevel level, TState state, EventFields fields, string text)
    {
        text = fields.Message ?? text;
        if (string.IsNullOrEmpty(text))
        {
            return;
        }

        Dictionary<string, object?> metadata = new(StringComparer.Ordinal) { ["level"] = level.ToString(), ["logger"] = name };
        foreach ((string field, object? value) in StateReader.Pairs(state))
        {
            metadata[field] = Plain(value);
        }

        if (queue.Add(new QueuedNote(text, metadata, fields.HasStep ? fields.Step : null)))
        {
            pump.Begin();
        }
    }

    private void Trace<TState>(Activity activity, LogLevel level, TState state, EventFields fields, string text)
    {
        ActivityTagsCollection tags = new() { ["level"] = level.ToString(), ["logger"] = name };
        foreach ((string field, object? value) in StateReader.Pairs(state))
        {
            tags[field] = Plain(value);
        }

        activity.AddEvent(new ActivityEvent(fields.Message ?? text, options.Clock.GetUtcNow(), tags));
    }

    /// <summary>What attributes and traces can hold.</summary>
    private static object? Plain(object? value) => value switch
    {
        null or string or bool or double or float or long or int => value,
        _ when FieldNumber.TryRead(value, out double number) => number,
        _ => value.ToString(),
    };
}
