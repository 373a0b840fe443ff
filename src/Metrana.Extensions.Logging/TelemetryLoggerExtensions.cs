using Metrana.Extensions.Logging;

namespace Microsoft.Extensions.Logging;

/// <summary>Logs the updates that all algorithms have in common.</summary>
public static class TelemetryLoggerExtensions
{
    /// <summary>
    /// Logs an update as one event: <c>log.LogUpdate(new TrainerUpdate { Timesteps = 2048, CriticLoss = 0.5 })</c>. Every provider
    /// gets it, the console as well as a run.
    /// </summary>
    /// <param name="logger">The logger.</param>
    /// <param name="update">A <see cref="TrainerUpdate"/>, <see cref="ActorUpdate"/>, <see cref="EvaluationUpdate"/> or <see cref="MiscUpdate"/>.</param>
    /// <param name="level">The level of the event.</param>
    /// <exception cref="ArgumentException">The update has neither timesteps nor a policy version, and therefore no step.</exception>
    public static void LogUpdate(this ILogger logger, TelemetryUpdate update, LogLevel level = LogLevel.Information)
    {
        ArgumentNullException.ThrowIfNull(logger);
        ArgumentNullException.ThrowIfNull(update);
        if (update.Timesteps is null && update.PolicyVersion is null)
        {
            throw new ArgumentException($"A {update.GetType().Name} has no step: set Timesteps or PolicyVersion.", nameof(update));
        }

        if (update is EvaluationUpdate && update.PolicyVersion is null)
        {
            throw new ArgumentException("An EvaluationUpdate has no PolicyVersion: set that of the policy that was evaluated.", nameof(update));
        }

        if (logger.IsEnabled(level))
        {
            logger.Log(level, default, update.ToState(), null, static (state, _) => state.ToString());
        }
    }
}
