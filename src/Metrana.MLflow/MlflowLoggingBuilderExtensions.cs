using Metrana.Extensions.Logging;
using Metrana.MLflow;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Extensions.Logging;

/// <summary>Adds MLflow to the logging of a program.</summary>
public static class MlflowLoggingBuilderExtensions
{
    /// <summary>
    /// Turns structured events into metrics of a run of MLflow, by the rules of <c>AddMetrana</c>, without a run of Metrana. Where
    /// there is one, put a <see cref="MlflowMirror"/> into its options instead: MLflow then has everything that the run logs. The
    /// provider's name in filters is <c>MLflow</c>.
    /// </summary>
    /// <param name="builder">The logging of the program.</param>
    /// <param name="configure">Where MLflow is; from MLflow's own variables if omitted.</param>
    /// <param name="events">How events become metrics.</param>
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
    /// The same with a mirror that the program keeps: it tells the run's id and address and what became of the values, and
    /// <c>AddMlflowExporter</c> sends traces to its run. The logging disposes it, and no run may have it too.
    /// </summary>
    /// <param name="builder">The logging of the program.</param>
    /// <param name="mirror">The mirror.</param>
    /// <param name="events">How events become metrics.</param>
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
