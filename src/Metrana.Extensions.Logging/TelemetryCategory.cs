namespace Metrana.Extensions.Logging;

/// <summary>
/// The values of the field <c>category</c> that metrics are grouped by. Other words, and events without one, count as
/// <see cref="Misc"/>; upper and lower case are the same.
/// </summary>
public static class TelemetryCategory
{
    /// <summary>What optimization says: losses, gradients, learning rates. Also spelled <c>TRAIN</c>. Metrics begin with <c>trainer/</c>.</summary>
    public const string Trainer = "TRAINER";

    /// <summary>What acting says: returns and lengths of episodes. Also spelled <c>ACT</c>. Metrics begin with <c>actor/</c>.</summary>
    public const string Actor = "ACTOR";

    /// <summary>What evaluation says. Also spelled <c>EVAL</c>. Metrics begin with <c>evaluator/</c>.</summary>
    public const string Evaluator = "EVALUATOR";

    /// <summary>Everything else, such as throughput. Metrics begin with <c>misc/</c>.</summary>
    public const string Misc = "MISC";

    /// <summary>The category that a word means: <c>train</c> is <see cref="Trainer"/>.</summary>
    /// <param name="category">The word; it may be missing.</param>
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

    /// <summary>What the names of a category's metrics begin with, such as <c>trainer/</c>.</summary>
    /// <param name="category">The word; it may be missing.</param>
    public static string PrefixOf(string? category) => Normalize(category) switch
    {
        Trainer => "trainer/",
        Actor => "actor/",
        Evaluator => "evaluator/",
        _ => "misc/",
    };

    private static bool Is(string category, string word) => category.Equals(word, StringComparison.OrdinalIgnoreCase);
}
