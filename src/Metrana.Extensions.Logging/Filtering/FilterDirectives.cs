using Microsoft.Extensions.Logging;

namespace Metrana.Extensions.Logging.Filtering;

/// <summary>Reads what the variable RUST_LOG says: a level for everything, and levels for categories.</summary>
/// <param name="Everything">The least level of what no other directive is about.</param>
/// <param name="Categories">The least level of categories, by what their names begin with.</param>
internal sealed record FilterDirectives(LogLevel Everything, IReadOnlyList<(string Prefix, LogLevel Level)> Categories)
{
    public const string Variable = "RUST_LOG";

    /// <summary>Directives that cannot be read are passed over, as they are there.</summary>
    public static FilterDirectives Parse(string text)
    {
        LogLevel? everything = null;
        List<(string, LogLevel)> categories = [];
        foreach (string directive in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            int at = directive.LastIndexOf('=');
            if (at < 0)
            {
                if (LevelOf(directive) is { } level)
                {
                    everything = level;
                }
                else if (!directive.Contains('[', StringComparison.Ordinal))
                {
                    categories.Add((CategoryOf(directive), LogLevel.Trace));
                }
            }
            else if (LevelOf(directive[(at + 1)..].TrimStart()) is { } level && CategoryOf(directive[..at].TrimEnd()) is { Length: > 0 } category
                && !category.Contains('[', StringComparison.Ordinal))
            {
                categories.Add((category, level));
            }
        }

        // Where nothing is said of everything else, errors alone are shown.
        return new FilterDirectives(everything ?? LogLevel.Error, categories);
    }

    /// <summary>The path of a module as a category: <c>walker::ppo</c> is <c>walker.ppo</c>.</summary>
    private static string CategoryOf(string target) => target.Replace("::", ".", StringComparison.Ordinal);

    private static LogLevel? LevelOf(string word) => word.ToUpperInvariant() switch
    {
        "TRACE" => LogLevel.Trace,
        "DEBUG" => LogLevel.Debug,
        "INFO" => LogLevel.Information,
        "WARN" => LogLevel.Warning,
        "ERROR" => LogLevel.Error,
        "OFF" => LogLevel.None,
        _ => null,
    };
}
