using Metrana.Extensions.Logging;
using Metrana.MLflow;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Extensions.Logging;

/// <summary>Extension methods that add MLflow to the logging of a program.</summary>
public static class MlflowLoggingBuilderExtensions
{
    /// <summary>
    /// Turns structured events into metrics of an MLflow run, by the rules of <c>AddMetrana</c>, without a Metrana run. If there is a
    /// Metrana run, add a <see cref="MlflowMirror"/> to its options instead: MLflow then receives everything that the run logs. The
    /// provider's name in filters is <c>MLflow</c>.
    /// </summary>
    /// <param name="builder">The logging builder.</param>
    /// <param name="configure">Configures the connection to MLflow; if omitted, MLflow's own variables are used.</param>
    /// <param name="events">Configures how events become metrics.</param>
    public static ILoggingBuilder AddMlflow(
        this ILoggingBuilder builder, Action<MlflowOptions>? configure = null, Action<MetranaLoggerOptions>? events = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return Add(builder, () =>
        {
            MlflowOptions options = new();
            configure?.Invoke(options);
            return new MlflowMirror(options);
        }, events);
    }

    /// <summary>
    /// Turns structured events into metrics of an MLflow run, through a mirror that the program keeps. The mirror exposes the id and
    /// the address of the run and the delivery counts, and <c>AddMlflowExporter</c> can send traces to its run. Logging disposes the
    /// mirror; it must not be added to a run as well.
    /// </summary>
    /// <param name="builder">The logging builder.</param>
    /// <param name="mirror">The mirror.</param>
    /// <param name="events">Configures how events become metrics.</param>
    public static ILoggingBuilder AddMlflow(this ILoggingBuilder builder, MlflowMirror mirror, Action<MetranaLoggerOptions>? events = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(mirror);
        return Add(builder, () => mirror, events);
    }

    private static ILoggingBuilder Add(ILoggingBuilder builder, Func<MlflowMirror> mirror, Action<MetranaLoggerOptions>? events)
    {
        builder.Services.AddSingleton<ILoggerProvider>(services =>
        {
            MetranaLoggerOptions rules = new();
            events?.Invoke(rules);
            return new MlflowLoggerProvider(mirror(), rules, services);
        });
        return builder;
    }
}
