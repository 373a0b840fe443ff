using Metrana;
using Metrana.Extensions.Logging;
using Metrana.Extensions.Logging.Console;
using Metrana.Extensions.Logging.Filtering;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.Logging;

/// <summary>Extension methods that turn log events into metrics and display them.</summary>
public static class MetranaLoggingBuilderExtensions
{
    /// <summary>Turns structured events into metrics of a run.</summary>
    /// <param name="builder">The logging builder.</param>
    /// <param name="run">The run. It may end before or after logging does; pending events are delivered in either case.</param>
    public static ILoggingBuilder AddMetrana(this ILoggingBuilder builder, Run run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return builder.AddMetrana(options => options.Run = run);
    }

    /// <summary>
    /// Turns structured events into metrics of a run: by default the run of the host, or otherwise <see cref="Run.Current"/>.
    /// The provider's name in filters is <c>Metrana</c>.
    /// </summary>
    /// <param name="builder">The logging builder.</param>
    /// <param name="configure">Configures the options.</param>
    public static ILoggingBuilder AddMetrana(this ILoggingBuilder builder, Action<MetranaLoggerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (configure is not null)
        {
            builder.Services.Configure(configure);
        }

        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<ILoggerProvider, MetranaLoggerProvider>(
            static services => new MetranaLoggerProvider(services.GetRequiredService<IOptions<MetranaLoggerOptions>>().Value, services)));
        return builder;
    }

    /// <summary>
    /// Writes events to the console in a readable form: the category, then each number with its label, then the message.
    /// </summary>
    /// <param name="builder">The logging builder.</param>
    /// <param name="labels">The labels; if omitted, those of the variable <see cref="MetricLabels.Variable"/>.</param>
    public static ILoggingBuilder AddMetranaConsole(this ILoggingBuilder builder, MetricLabels? labels = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddConsole(static options => options.FormatterName = MetranaConsoleFormatter.FormatterName);
        builder.Services.AddSingleton<ConsoleFormatter>(new MetranaConsoleFormatter(labels ?? MetricLabels.FromEnvironment()));
        return builder;
    }

    /// <summary>
    /// Replaces all filters by the variable <c>RUST_LOG</c> if it is set, for example to <c>info,walker::ppo=debug,backend=off</c>.
    /// If it is not set, the configured filters stay in effect, and the log lines of compute backends are hidden unless the
    /// configuration sets <c>Logging:BackendLogsVisible</c>.
    /// </summary>
    /// <param name="builder">The logging builder.</param>
    /// <param name="backendLogsVisible">Whether to show the lines of compute backends; if omitted, the configuration decides.</param>
    public static ILoggingBuilder AddMetranaFilters(this ILoggingBuilder builder, bool? backendLogsVisible = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<IPostConfigureOptions<LoggerFilterOptions>>(services => new FilterReplacement(
            Environment.GetEnvironmentVariable(FilterDirectives.Variable),
            backendLogsVisible ?? IsTrue(services.GetService<IConfiguration>()?[FilterReplacement.VisibleKey])));
        return builder;
    }

    private static bool IsTrue(string? text) => bool.TryParse(text, out bool truth) && truth;
}
