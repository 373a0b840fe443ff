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

/// <summary>Adds to the logging of a program what turns its events into metrics and shows them to people.</summary>
public static class MetranaLoggingBuilderExtensions
{
    /// <summary>Turns structured events into metrics of a run.</summary>
    /// <param name="builder">The logging of the program.</param>
    /// <param name="run">The run. It ends before the logging or after it: what waits is handed over in either case.</param>
    public static ILoggingBuilder AddMetrana(this ILoggingBuilder builder, Run run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return builder.AddMetrana(options => options.Run = run);
    }

    /// <summary>
    /// Turns structured events into metrics of a run: without options, of the one that the host has, or of <see cref="Run.Current"/>.
    /// The provider's name in filters is <c>Metrana</c>.
    /// </summary>
    /// <param name="builder">The logging of the program.</param>
    /// <param name="configure">Sets options.</param>
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
    /// Writes events to the console as people read metrics: the category, then each number with its label, then the message.
    /// </summary>
    /// <param name="builder">The logging of the program.</param>
    /// <param name="labels">The labels; those of the variable <see cref="MetricLabels.Variable"/> if omitted.</param>
    public static ILoggingBuilder AddMetranaConsole(this ILoggingBuilder builder, MetricLabels? labels = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddConsole(static options => options.FormatterName = MetranaConsoleFormatter.FormatterName);
        builder.Services.AddSingleton<ConsoleFormatter>(new MetranaConsoleFormatter(labels ?? MetricLabels.FromEnvironment()));
        return builder;
    }

    /// <summary>
    /// Lets the variable <c>RUST_LOG</c> replace all filters, where it is set: <c>info,walker::ppo=debug,backend=off</c>. Where it is
    /// not, the filters stay as they are configured, and what compute backends log is hidden unless the configuration says
    /// <c>Logging:BackendLogsVisible</c>.
    /// </summary>
    /// <param name="builder">The logging of the program.</param>
    /// <param name="backendLogsVisible">Whether compute backends are shown; the configuration decides if omitted.</param>
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
