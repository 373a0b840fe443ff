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
        builder.Services.AddSingleton<ILoggerProvider>(services =>
        {
            MlflowOptions options = new();
            configure?.Invoke(options);
            MetranaLoggerOptions rules = new();
            events?.Invoke(rules);
            return new MlflowLoggerProvider(options, rules, services);
        });
        return builder;
    }
}
