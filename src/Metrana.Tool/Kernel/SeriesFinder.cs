using System.Text.RegularExpressions;
using Metrana.Server;

namespace Metrana.Tool.Kernel;

/// <summary>Finds the series of a run that a person means.</summary>
internal static class SeriesFinder
{
    public const string Help = "A metric, or a pattern: * stands for any text, so that 'train/*' is all of train";

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(1);

    /// <param name="all">The run's series.</param>
    /// <param name="patterns">Metrics or patterns; none stands for all.</param>
    /// <param name="labels">Labels that the series must have, as <c>key=value</c>.</param>
    /// <param name="run">The run, for the message.</param>
    public static List<StoredSeries> Find(
        IReadOnlyList<StoredSeries> all, IReadOnlyList<string> patterns, IReadOnlyList<string> labels, string run)
    {
        var wanted = labels.Select(Label).ToList();
        var labelled = all.Where(series => wanted.All(label => series.Labels.TryGetValue(label.Key, out var value) && value == label.Value));
        var found = labelled.Where(series => patterns.Count == 0 || patterns.Any(pattern => Fits(series.Metric, pattern))).ToList();
        if (found.Count > 0 || (patterns.Count == 0 && labels.Count == 0))
        {
            return found;
        }

        var names = all.Select(series => series.Metric).Distinct().Order(StringComparer.Ordinal).ToList();
        var asked = string.Join(", ", patterns.Select(pattern => $"'{pattern}'").Concat(labels));
        throw ToolException.NotFound(names.Count == 0
            ? $"{run} has no series."
            : $"{run} has no series {asked}. It has: {string.Join(", ", names.Take(20))}{(names.Count > 20 ? ", ..." : "")}.");
    }

    /// <summary>The series as people read it: the metric, and its labels where it has any.</summary>
    public static string Name(StoredSeries series) => series.Labels.Count == 0
        ? series.Metric
        : $"{series.Metric} {{{Labels(series)}}}";

    public static string Labels(StoredSeries series) =>
        string.Join(",", series.Labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}"));

    public static bool Fits(string metric, string pattern) => pattern.Contains('*', StringComparison.Ordinal)
        ? Regex.IsMatch(metric, "^" + Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal) + "$", RegexOptions.Singleline, _patience)
        : metric == pattern;

    private static KeyValuePair<string, string> Label(string text) => text.IndexOf('=', StringComparison.Ordinal) is > 0 and var at
        ? KeyValuePair.Create(text[..at], text[(at + 1)..])
        : throw ToolException.Usage($"'{text}' is no label: write key=value.");
}
