using Microsoft.Extensions.Logging;

namespace Metrana.Extensions.Logging.Tests;

/// <summary>Logging into a run in memory, and what came of it.</summary>
internal sealed class Logging : IDisposable
{
    private readonly ILoggerFactory _factory;

    public Logging(Action<MetranaLoggerOptions>? configure = null, Action<ILoggingBuilder>? build = null)
    {
        MetranaLoggerOptions options = new() { Run = Run, Warn = Warnings.Add };
        configure?.Invoke(options);
        Provider = new MetranaLoggerProvider(options);
        _factory = LoggerFactory.Create(builder =>
        {
            builder.SetMinimumLevel(LogLevel.Trace);
            builder.AddProvider(Provider);
            build?.Invoke(builder);
        });
        Log = _factory.CreateLogger("ppo");
    }

    public Run Run { get; } = Run.InMemory();

    public MetranaLoggerProvider Provider { get; }

    public ILogger Log { get; }

    public List<string> Warnings { get; } = [];

    /// <summary>The metrics that the run has, in their order.</summary>
    public IReadOnlyList<(string Metric, double Value, long Step)> Points
    {
        get
        {
            Provider.Flush(TimeSpan.FromSeconds(30)).Should().BeTrue("the run takes what waits");
            return [.. Run.Recording.Points.Select(point => (point.Metric, point.Value, point.Step))];
        }
    }

    public ILogger Create(string category) => _factory.CreateLogger(category);

    public void Dispose()
    {
        _factory.Dispose();
        Run.Dispose();
    }
}
