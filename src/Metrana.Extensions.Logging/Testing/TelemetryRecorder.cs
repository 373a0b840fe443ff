using System.Collections.Concurrent;
using Metrana.Extensions.Logging.Telemetry;
using Microsoft.Extensions.Logging;

namespace Metrana.Extensions.Logging.Testing;

/// <summary>
/// Records the events of an algorithm for a test, and reports which keys of the schemas are missing. Two algorithms are compatible
/// if neither lacks a key that the other has.
/// </summary>
/// <example>
/// <code>
/// using TelemetryRecorder recorder = new();
/// using ILoggerFactory logging = LoggerFactory.Create(builder => builder.AddProvider(recorder));
/// new Ppo(logging).Train(updates: 2);
/// recorder.Check();
/// </code>
/// </example>
public sealed class TelemetryRecorder : ILoggerProvider, ISupportExternalScope
{
    private readonly ConcurrentQueue<RecordedEvent> _events = new();
    private volatile IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

    /// <summary>The events, in the order in which they were logged.</summary>
    public IReadOnlyList<RecordedEvent> Events => [.. _events];

    /// <summary>Creates a logger that records events.</summary>
    /// <param name="categoryName">The category of the logger.</param>
    public ILogger CreateLogger(string categoryName) => new Recording(categoryName, _events, () => _scopes);

    /// <inheritdoc/>
    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    /// <summary>
    /// Returns what is missing: one line for each category without events, and one for each event without a step or some of the keys.
    /// </summary>
    /// <param name="schemas">The required schemas; <see cref="TelemetrySchema.All"/> if omitted.</param>
    public IReadOnlyList<string> Missing(params TelemetrySchema[] schemas)
    {
        ArgumentNullException.ThrowIfNull(schemas);
        List<string> missing = [];
        foreach (TelemetrySchema schema in schemas.Length == 0 ? TelemetrySchema.All : schemas)
        {
            RecordedEvent[] events = [.. _events.Where(one => one.Category == schema.Category)];
            if (events.Length == 0)
            {
                missing.Add($"{schema.Category}: there is no event");
            }

            missing.AddRange(events.Select(one => Lack(schema.Category, schema.Missing(one.Fields.Keys), one.Text)).OfType<string>().Distinct());
            missing.AddRange(events.Where(one => one.Step is null).Select(
                one => $"{schema.Category}: the event '{one.Text}' has no step, and is no metric").Distinct());
        }

        return missing;
    }

    /// <summary>Returns the keys that the events of another algorithm have and these events lack: one line for each category.</summary>
    /// <param name="other">The recorded events of the other algorithm.</param>
    public IReadOnlyList<string> MissingBeside(TelemetryRecorder other)
    {
        ArgumentNullException.ThrowIfNull(other);
        ILookup<string?, string> own = _events.SelectMany(Keys).ToLookup(key => key.Category, key => key.Key);
        return
        [
            .. other._events.SelectMany(Keys).ToLookup(key => key.Category, key => key.Key)
                .Select(category => Lack(category.Key!, [.. category.Except(own[category.Key])], null)).OfType<string>(),
        ];
    }

    /// <summary>Throws an exception that lists what is missing, if anything is.</summary>
    /// <param name="schemas">The required schemas; <see cref="TelemetrySchema.All"/> if omitted.</param>
    /// <exception cref="InvalidOperationException">A category or a key is missing.</exception>
    public void Check(params TelemetrySchema[] schemas)
    {
        if (Missing(schemas) is { Count: > 0 } missing)
        {
            throw new InvalidOperationException($"The telemetry is not complete. {string.Join("; ", missing)}.");
        }
    }

    /// <summary>Does nothing; the recorded events are kept.</summary>
    public void Dispose()
    {
    }

    private static IEnumerable<(string? Category, string Key)> Keys(RecordedEvent one) =>
        one.Category is null ? [] : one.Fields.Keys.Where(key => FieldRoles.Of(key) is not (FieldRole.Category or FieldRole.Ignored))
            .Select(key => ((string?)one.Category, key));

    private static string? Lack(string category, IReadOnlyList<string> keys, string? text) => keys.Count == 0 ? null
        : $"{category}: {string.Join(", ", keys.Select(key => $"'{key}'"))} {(keys.Count == 1 ? "is" : "are")} missing"
            + (string.IsNullOrEmpty(text) ? "" : $" in the event '{text}'");

    private sealed class Recording(string name, ConcurrentQueue<RecordedEvent> events, Func<IExternalScopeProvider> scopes) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => scopes().Push(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            // As the provider of a run reads it, so that what passes here is a metric there.
            EventFields read = new();
            read.Begin();
            StateReader.Read(state, read);
            scopes().ForEachScope(
                static (scope, to) => StateReader.ReadScope(scope, to.Fields, to.Needs),
                (Fields: read, Needs: new EventFields.ScopeNeeds(!read.HasCategory, !read.HasStep, Numbers: false)));
            Dictionary<string, object?> fields = new(StringComparer.Ordinal);
            foreach ((string field, object? value) in StateReader.Pairs(state))
            {
                fields[field] = value;
            }

            string? category = read.HasCategory ? TelemetryCategory.Normalize(read.Category) : null;
            events.Enqueue(new RecordedEvent(name, logLevel, formatter(state, exception), category, fields) { Step = read.HasStep ? read.Step : null });
        }
    }
}
