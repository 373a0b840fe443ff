using System.Text.Json;
using System.Text.RegularExpressions;
using Metrana.Tool.Kernel;

namespace Metrana.Tool.Importing.Parquet;

/// <summary>
/// Parquet: what <c>export</c> writes, or what neptune-exporter leaves of a service that is gone; a file, or all under a folder.
/// </summary>
/// <param name="path">The file or folder.</param>
/// <param name="stepMultiplier">What steps are multiplied with that are no whole numbers.</param>
internal sealed partial class ParquetImport(string path, int stepMultiplier) : IImportSource
{
    private const string Pattern = "*.parquet";
    private const int LongestNumber = 20;

    private NeptuneRows _neptune = new(stepMultiplier);

    public IReadOnlyList<string> Notes => _neptune.Notes;

    public static bool IsOne(string path) => Directory.Exists(path)
        ? Directory.EnumerateFiles(path, Pattern, SearchOption.AllDirectories).Any()
        : Path.GetExtension(path).Equals(".parquet", StringComparison.OrdinalIgnoreCase);

    public IEnumerable<ImportItem> Read()
    {
        _neptune = new NeptuneRows(stepMultiplier);

        // Part 10 of a run comes behind part 9.
        var files = Directory.Exists(path)
            ? Directory.EnumerateFiles(path, Pattern, SearchOption.AllDirectories)
                .OrderBy(file => Digits().Replace(file, digits => digits.Value.PadLeft(LongestNumber, '0')), StringComparer.Ordinal).ToList()
            : [path];
        foreach (var file in files)
        {
            using var rows = ParquetRows.Open(file);
            Func<ParquetRows, IEnumerable<ImportItem>> read =
                rows.Has("run_id", "attribute_path", "attribute_type") ? group => _neptune.Read(group, file)
                : rows.Has("metric", "step", "value") ? group => Exported(group, file)
                : throw ToolException.Usage($"{file} is neither of metrana nor of neptune-exporter: its columns are {rows.Titles}.");
            foreach (var item in rows.Groups().SelectMany(read))
            {
                yield return item;
            }
        }
    }

    private static IEnumerable<ImportItem> Exported(ParquetRows rows, string file)
    {
        var (runs, metrics, scales, labels) = (rows.Texts("run"), rows.Texts("metric"), rows.Texts("scale"), rows.Texts("labels"));
        var (environments, rlSteps, episodes) = (rows.Texts("environment"), rows.Values<long>("rl_step"), rows.Values<long>("episode"));
        var (steps, times, values) = (rows.Values<long>("step"), rows.Values<long>("timestamp_millis"), rows.Values<double>("value"));
        for (var at = 0; at < rows.Count; at++)
        {
            if (metrics[at] is not { Length: > 0 } metric || steps[at] is not >= 0 || values[at] is not { } value)
            {
                throw ToolException.Usage($"{file}: a row has no metric, no step from 0 on, or no value.");
            }

            yield return new ImportedPoint(runs[at] ?? "", new ImportedSeries(metric, NullIfEmpty(scales[at]), Labels(labels[at], file)), steps[at]!.Value, times[at], value)
            {
                Environment = NullIfEmpty(environments[at]) is { } environment && rlSteps[at] is { } rlStep
                    ? new ImportedEnvironment(environment, rlStep, episodes[at])
                    : null,
            };
        }
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static List<(string Key, string Value)> Labels(string? text, string file)
    {
        if (string.IsNullOrEmpty(text))
        {
            return [];
        }

        try
        {
            var labels = JsonSerializer.Deserialize<Dictionary<string, string>>(text) ?? [];
            return [.. labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => (label.Key, label.Value))];
        }
        catch (JsonException)
        {
            throw ToolException.Usage($"{file}: the labels '{text}' are no JSON object of texts.");
        }
    }

    [GeneratedRegex(@"\d+")]
    private static partial Regex Digits();
}
