using System.Text;
using Metrana.Tool.Kernel;

namespace Metrana.Tool.Importing;

/// <summary>
/// Names of other programs may hold blanks, commas or brackets, which the service keeps for its own language: each becomes an
/// underscore, and the person is told.
/// </summary>
internal sealed class StorableNames(IImportSource source) : IImportSource
{
    private const string Reserved = "()[],=<>!~\"|";
    private const string ReservedInUrls = "/\\?#%";
    private const int Shown = 5;
    private const int LongestMetric = 256;
    private const int LongestPath = 512;
    private const int LongestEnvironment = 128;
    private const int LongestLabel = 64;

    private readonly Dictionary<string, string> _changed = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Notes =>
    [
        .. source.Notes,
        .. _changed.Count == 0
            ? Array.Empty<string>()
            : [$"Names cannot hold blanks or {Reserved}: {string.Join(", ", _changed.Take(Shown).Select(one => $"'{one.Key}' is '{one.Value}' now"))}{(_changed.Count > Shown ? ", ..." : "")}."],
    ];

    public IEnumerable<ImportItem> Read() => source.Read().Select(item => item switch
    {
        ImportedPoint point => point with
        {
            Series = Of(point.Series),
            Environment = point.Environment is { } environment
                ? environment with { Name = Name(environment.Name, Reserved + ReservedInUrls, LongestEnvironment) }
                : null,
        },
        ImportedHistogram histogram => histogram with { Series = Of(histogram.Series) },
        ImportedScatter scatter => scatter with { Series = Of(scatter.Series) },
        ImportedAttributes attributes => attributes with
        {
            Environment = attributes.Environment is { } environment ? Name(environment, Reserved + ReservedInUrls, LongestEnvironment) : null,
            Values = attributes.Values
                .Select(pair => KeyValuePair.Create(Name(pair.Key, Reserved, LongestPath), pair.Value))
                .DistinctBy(pair => pair.Key, StringComparer.Ordinal).ToDictionary(),
        },
        _ => item,
    });

    private ImportedSeries Of(ImportedSeries series)
    {
        var metric = Name(series.Metric, Reserved, LongestMetric);
        var scale = series.Scale is { } named ? Name(named, Reserved, LongestLabel) : null;
        List<(string Key, string Value)> labels =
            [.. series.Labels.Select(label => (Name(label.Key, Reserved + "&", LongestLabel), Value(label.Value)))];
        return metric == series.Metric && scale == series.Scale && labels.SequenceEqual(series.Labels)
            ? series
            : new ImportedSeries(metric, scale, labels);
    }

    /// <summary>The value of a label may hold anything but what would end it.</summary>
    private string Value(string text) => Clean(text, letter => char.IsControl(letter) || letter is '=' or '&', LongestLabel);

    private string Name(string text, string reserved, int longest) => text.Length == 0
        ? throw ToolException.Usage("A name in it is empty: everything needs one.")
        : Clean(text, letter => char.IsWhiteSpace(letter) || char.IsControl(letter) || reserved.Contains(letter, StringComparison.Ordinal), longest);

    private string Clean(string text, Func<char, bool> isReserved, int longest)
    {
        if (Encoding.UTF8.GetByteCount(text) > longest)
        {
            throw ToolException.Usage($"A name has more than {longest} bytes, which cannot be stored: '{text[..Math.Min(60, text.Length)]}...'.");
        }

        if (!text.Any(isReserved))
        {
            return text;
        }

        var clean = string.Concat(text.Select(letter => isReserved(letter) ? '_' : letter));
        _changed[text] = clean;
        return clean;
    }
}
