using System.Text.RegularExpressions;

namespace Benchmarks.Reporting;

/// <summary>Parts of a document that this program writes: what stands between <c>&lt;!-- figures: NAME --&gt;</c> and <c>&lt;!-- end --&gt;</c>.</summary>
internal static partial class MarkedText
{
    /// <summary>The document with every marked part written anew.</summary>
    /// <exception cref="FormatException">A part has a name that nobody writes, or no end.</exception>
    public static string Fill(string document, IReadOnlyDictionary<string, string> parts)
    {
        int begins = Begin().Count(document);
        int filled = 0;
        string result = Part().Replace(document, part =>
        {
            string name = part.Groups["name"].Value;
            filled++;
            return parts.TryGetValue(name, out string? text)
                ? $"<!-- figures: {name} -->{text}<!-- end -->"
                : throw new FormatException($"No figures are called '{name}'. There are: {string.Join(", ", parts.Keys.Order(StringComparer.Ordinal))}.");
        });
        return filled == begins
            ? result
            : throw new FormatException("A marked part has no end: each begins with '<!-- figures: NAME -->' and ends with '<!-- end -->'.");
    }

    [GeneratedRegex("<!-- figures: (?<name>[a-z0-9-]+) -->(?:(?!<!-- figures:).)*?<!-- end -->", RegexOptions.Singleline)]
    private static partial Regex Part();

    [GeneratedRegex("<!-- figures: ")]
    private static partial Regex Begin();
}
