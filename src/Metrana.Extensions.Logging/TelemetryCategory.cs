namespace Metrana.Extensions.Logging;

/// <summary>
/// The values of the field <c>category</c>, by which metrics are grouped. Other values, and events without one, count as
/// <see cref="Misc"/>. Values are case-insensitive.
/// </summary>
public static class TelemetryCategory
{
    /// <summary>
    /// Metrics of optimization: losses, gradients, learning rates. Also spelled <c>TRAIN</c>. Metric names begin with <c>trainer/</c>.
    /// </summary>
    public const string Trainer = "TRAINER";

    /// <summary>Metrics of acting: episode returns and lengths. Also spelled <c>ACT</c>. Metric names begin with <c>actor/</c>.</summary>
    public const string Actor = "ACTOR";

    /// <summary>Metrics of evaluation. Also spelled <c>EVAL</c>. Metric names begin with <c>evaluator/</c>.</summary>
    public const string Evaluator = "EVALUATOR";

    /// <summary>All other metrics, such as throughput. Metric names begin with <c>misc/</c>.</summary>
    public const string Misc = "MISC";

    /// <summary>Returns the category for a spelling of it; for example, <see cref="Trainer"/> for <c>train</c>.</summary>
    /// <param name="category">The spelling; may be null.</param>
    public static string Normalize(string? category) => category?.Length switch
    {
        3 when Is(category, "ACT") => Actor,
        4 when Is(category, "EVAL") => Evaluator,
        5 when Is(category, "TRAIN") => Trainer,
        5 when Is(category, Actor) => Actor,
        7 when Is(category, Trainer) => Trainer,
        9 when Is(category, Evaluator) => Evaluator,
        _ => Misc,
    };

    /// <summary>Returns the prefix of the metric names of a category, such as <c>trainer/</c>.</summary>
    /// <param name="category">The spelling; may be null.</param>
    public static string PrefixOf(string? category) => Normalize(category) switch
    {
        Trainer => "trainer/",
        Actor => "actor/",
        Evaluator => "evaluator/",
        _ => "misc/",
    };

    private static bool Is(string category, string word) => category.Equals(word, StringComparison.OrdinalIgnoreCase);
}
