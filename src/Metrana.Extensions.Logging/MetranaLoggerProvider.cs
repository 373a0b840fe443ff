using Metrana.Extensions.Logging.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Metrana.Extensions.Logging;

/// <summary>
/// Turns structured log events into metrics of a run. Events that have numbers and a step become metrics; the category of the event
/// determines the prefix, and the names of its fields the names of the metrics.
/// </summary>
/// <remarks>
/// Logging an event never waits for the run and never throws: its numbers are copied into a bounded queue, and a thread of the
/// provider logs them. The library's own log lines do not become metrics. Pending values are logged when the provider is disposed
/// and when the run ends.
/// </remarks>
/// <example>
/// <code>
/// using ILoggerFactory logging = LoggerFactory.Create(builder => builder.AddMetrana(run));
/// ILogger log = logging.CreateLogger("ppo");
/// log.LogInformation("{category} {critic_loss} {timesteps}", "TRAINER", 0.5, 100);    // trainer/critic_loss at step 100
/// </code>
/// </example>
[ProviderAlias("Metrana")]
public sealed class MetranaLoggerProvider : ILoggerProvider, ISupportExternalScope
{
    /// <summary>What the library logs itself. Programs may live in other namespaces below <c>Metrana</c>.</summary>
    private static readonly string[] _own =
    [
        "Metrana.Native", "Metrana.Server", "Metrana.Hosting", "Metrana.Extensions.Logging", "Metrana.MLflow", "Metrana.Syvain",
        "Metrana.TensorBoard",
    ];

    private readonly MetricQueue _queue;
    private readonly MetricPump _pump;
    private readonly MetranaLoggerOptions _options;
    private volatile IExternalScopeProvider? _scopes;

    /// <summary>Creates a provider for a run, without a host.</summary>
    /// <param name="run">The run.</param>
    public MetranaLoggerProvider(Run run)
        : this(new MetranaLoggerOptions { Run = run ?? throw new ArgumentNullException(nameof(run)) })
    {
    }

    /// <summary>Creates a provider with options.</summary>
    /// <param name="options">The options. Later changes have no effect.</param>
    /// <param name="services">The services in which to look for the run if the options specify none.</param>
    /// <exception cref="ArgumentOutOfRangeException">The queue limit is below 1.</exception>
    public MetranaLoggerProvider(MetranaLoggerOptions options, IServiceProvider? services = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.QueueLimit, 1, nameof(options));
        _options = new MetranaLoggerOptions
        {
            Run = options.Run,
            Scale = options.Scale,
            QueueLimit = options.QueueLimit,
            LogStepField = options.LogStepField,
            LogScopeFields = options.LogScopeFields,
            AnnotationLevel = options.AnnotationLevel,
            AddToActivity = options.AddToActivity,
            Clock = options.Clock,
        };
        _queue = new MetricQueue(options.QueueLimit);
        _pump = new MetricPump(
            _queue, new RunSource(options.Run, services), options.Scale, options.Clock, options.Warn ?? new Warnings(services).Say);
        if (options.Run is { } run)
        {
            _pump.Attach(run);
        }
    }

    /// <summary>Counts of what happened to the events so far.</summary>
    public TelemetryCounts Counts => _queue.Counts;

    /// <summary>Creates a logger. For categories of the library itself, the logger does nothing.</summary>
    /// <param name="categoryName">The category of the logger. It does not affect the metrics.</param>
    public ILogger CreateLogger(string categoryName)
    {
        ArgumentNullException.ThrowIfNull(categoryName);
        return IsOwn(categoryName) ? NullLogger.Instance : new MetranaLogger(categoryName, _options, _queue, _pump, () => _scopes);
    }

    /// <inheritdoc/>
    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    /// <summary>Waits until everything that was logged before the call has been handed to the run.</summary>
    /// <param name="timeout">The longest wait.</param>
    /// <returns>Whether everything was handed over within the timeout.</returns>
    public bool Flush(TimeSpan timeout) => _pump.Flush(timeout);

    /// <summary>Logs the pending values, for at most 2 s, and accepts no more.</summary>
    public void Dispose() => _pump.End();

    private static bool IsOwn(string category) => category == "Metrana" || _own.Any(own =>
        category.StartsWith(own, StringComparison.Ordinal) && (category.Length == own.Length || category[own.Length] == '.'));
}
