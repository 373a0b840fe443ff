using System.Collections.Frozen;

namespace Metrana.Extensions.Logging;

/// <summary>
/// Provides display labels for metrics: <c>critic_loss</c> is displayed as Critic Loss. The names of the metrics themselves do not
/// change.
/// </summary>
public sealed class MetricLabels
{
    /// <summary>The environment variable with a program's own labels: <c>global_grad_norm=Grad Norm,steps_per_second=SPS</c>.</summary>
    public const string Variable = "RUST_RL_METRIC_LABELS";

    /// <summary>What title case gets wrong.</summary>
    private static readonly Dictionary<string, string> _defaults = new(StringComparer.Ordinal)
    {
        ["approx_kl"] = "Approx KL",
        ["kl"] = "KL",
        ["duration_ms"] = "Duration (ms)",
        ["fps"] = "FPS",
        ["sps"] = "SPS",
    };

    private readonly FrozenDictionary<string, string> _labels;

    /// <summary>Creates labels with overrides.</summary>
    /// <param name="overrides">
    /// Comma-separated pairs <c>key=Label</c>. Anything else is ignored. If a key occurs twice, the last label is used.
    /// </param>
    public MetricLabels(string? overrides = null)
    {
        Dictionary<string, string> labels = new(_defaults, StringComparer.Ordinal);
        foreach (string pair in (overrides ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            int at = pair.IndexOf('=', StringComparison.Ordinal);
            string key = at < 0 ? "" : pair[..at].TrimEnd();
            string label = pair[(at + 1)..].TrimStart();
            if (key.Length > 0 && label.Length > 0)
            {
                labels[key] = label;
            }
        }

        _labels = labels.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>Creates labels with the overrides of the variable <see cref="Variable"/>.</summary>
    public static MetricLabels FromEnvironment() => new(Environment.GetEnvironmentVariable(Variable));

    /// <summary>Returns the label of a metric: the override, or the words of the key in title case.</summary>
    /// <param name="key">The name of the field, such as <c>critic_loss</c>.</param>
    public string Of(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return _labels.TryGetValue(key, out string? label) ? label : TitleCase(key);
    }

    private static string TitleCase(string key) => string.Join(' ', key
        .Split('_', StringSplitOptions.RemoveEmptyEntries)
        .Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
}
