using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Metrana.Native.Tests.Support;

/// <summary>An application's log that keeps what it gets.</summary>
internal sealed class RecordingLoggerFactory : ILoggerFactory
{
    public sealed record Line(string Category, LogLevel Level, string Text, EventId Id, IReadOnlyList<KeyValuePair<string, object?>> State)
    {
        /// <summary>The value of a field.</summary>
        public object? this[string name] => State.SingleOrDefault(field => field.Key == name).Value;
    }

    /// <summary>The least urgent lines that are wanted.</summary>
    public LogLevel Level { get; set; } = LogLevel.Trace;

    /// <summary>Whether writing a line throws, as a provider with a full disk might.</summary>
    public bool Throws { get; set; }

    public ConcurrentQueue<Line> Lines { get; } = new();

    /// <summary>The levels that were asked about.</summary>
    public ConcurrentQueue<LogLevel> Asked { get; } = new();

    public ILogger CreateLogger(string categoryName) => new Log(this, categoryName);

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }

    private sealed class Log(RecordingLoggerFactory owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel)
        {
            owner.Asked.Enqueue(logLevel);
            return logLevel >= owner.Level;
        }

        void ILogger.Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (owner.Throws)
            {
                throw new InvalidOperationException("no room for a line");
            }

            IReadOnlyList<KeyValuePair<string, object?>> values = state as IReadOnlyList<KeyValuePair<string, object?>> ?? [];
            owner.Lines.Enqueue(new Line(category, logLevel, formatter(state, exception), eventId, [.. values]));
        }
    }
}
