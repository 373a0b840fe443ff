namespace Metrana.Extensions.Logging;

/// <summary>The keys that the events of a category have in every algorithm. Dashboards rely on them.</summary>
/// <param name="Category">The category, one of <see cref="TelemetryCategory"/>.</param>
/// <param name="Keys">The names of the fields.</param>
public sealed record TelemetrySchema(string Category, IReadOnlyList<string> Keys)
{
    /// <summary>The schema of an evaluation.</summary>
    public static TelemetrySchema Evaluation { get; } = new(
        TelemetryCategory.Evaluator,
        [
            "phase", "policy_version", "episodes", "mean_return", "max_return", "min_return", "episode_length_mean", "episode_length_max",
            "episode_length_min", "duration_ms",
        ]);

    /// <summary>The schema of optimization, logged once per update.</summary>
    public static TelemetrySchema Trainer { get; } = new(
        TelemetryCategory.Trainer, ["actor_loss", "critic_loss", "entropy", "approx_kl", "global_grad_norm", "learning_rate"]);

    /// <summary>The schema of episodes, logged once per update.</summary>
    public static TelemetrySchema Actor { get; } = new(
        TelemetryCategory.Actor,
        ["episodes", "mean_return", "max_return", "min_return", "episode_length_mean", "episode_length_max", "episode_length_min"]);

    /// <summary>The schema of speed, logged once per update.</summary>
    public static TelemetrySchema Misc { get; } = new(TelemetryCategory.Misc, ["steps_per_second", "duration_ms"]);

    /// <summary>All four schemas.</summary>
    public static IReadOnlyList<TelemetrySchema> All { get; } = [Trainer, Actor, Evaluation, Misc];

    /// <summary>Returns a copy of the schema with additional keys, specific to a project.</summary>
    /// <param name="keys">The keys.</param>
    public TelemetrySchema With(params string[] keys) => this with { Keys = [.. Keys.Union(keys)] };

    /// <summary>Returns the keys of the schema that are missing from a set.</summary>
    /// <param name="keys">The keys that are present.</param>
    public IReadOnlyList<string> Missing(IEnumerable<string> keys) => [.. Keys.Except(keys)];
}
