using System.Globalization;
using Metrana.Native;
using Metrana.Tool.Kernel;

namespace Metrana.Tool.Importing.Parquet;

/// <summary>
/// The rows of neptune-exporter: each is an attribute of a run, or a step of one. Series of texts, files and densities have no
/// place here; they are counted and left out.
/// </summary>
internal sealed class NeptuneRows(int stepMultiplier)
{
    private const string Own = "sys/";
    private const string Tags = "sys/tags";
    private const string Description = "sys/description";
    private const string Kept = "neptune/";

    private readonly SortedDictionary<string, long> _leftOut = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _projects = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Notes => _leftOut.Count == 0
        ? []
        : [$"Left out: {string.Join(", ", _leftOut.Select(one => $"{one.Value} of {one.Key}"))}."];

    public IEnumerable<ImportItem> Read(ParquetRows rows, string file)
    {
        var (projects, runs, paths, types) = (rows.Texts("project_id"), rows.Texts("run_id"), rows.Texts("attribute_path"), rows.Texts("attribute_type"));
        var (steps, times) = (rows.Values<decimal>("step"), rows.Values<DateTime>("timestamp"));
        var (wholes, numbers, texts) = (rows.Values<long>("int_value"), rows.Values<double>("float_value"), rows.Texts("string_value"));
        var (truths, moments) = (rows.Values<bool>("bool_value"), rows.Values<DateTime>("datetime_value"));
        var sets = rows.Lists<ReadOnlyMemory<char>>("string_set_value");
        var histograms = (Types: rows.Texts("histogram_value/type"), Edges: rows.Lists<double>("histogram_value/edges"), Values: rows.Lists<double>("histogram_value/values"));
        for (var at = 0; at < rows.Count; at++)
        {
            if (runs[at] is not { Length: > 0 } id || paths[at] is not { Length: > 0 } path)
            {
                throw ToolException.Usage($"{file}: a row has no run_id or no attribute_path.");
            }

            var run = $"{Project(projects[at], file)}/{id}";
            switch (types[at])
            {
                case "float_series" when numbers[at] is { } value:
                    yield return new ImportedPoint(run, Series(path), Step(steps[at], path, file), Millis(times[at]), value);
                    break;
                case "histogram_series" when Counts(histograms.Types[at], histograms.Edges[at], histograms.Values[at]) is { } counts:
                    yield return new ImportedHistogram(run, Series(path), Step(steps[at], path, file), Millis(times[at]), Histogram.OfCounts(histograms.Edges[at]!.ToArray(), counts));
                    break;
                case "int" when wholes[at] is { } value:
                    yield return Attribute(run, path, value);
                    break;
                case "float" when numbers[at] is { } value:
                    yield return Attribute(run, path, value);
                    break;
                case "string" when texts[at] is { } value:
                    yield return path == Description ? Attributes(run) with { Description = value } : Attribute(run, path, value);
                    break;
                case "bool" when truths[at] is { } value:
                    yield return Attribute(run, path, value);
                    break;
                case "datetime" when moments[at] is { } value:
                    yield return Attribute(run, path, DateTime.SpecifyKind(value, DateTimeKind.Utc).ToString("O", CultureInfo.InvariantCulture));
                    break;
                case "string_set":
                    string[] set = [.. (sets[at] ?? []).Select(text => text.ToString())];
                    yield return path == Tags ? new ImportedAttributes(run, new Dictionary<string, object?>(), set) : Attribute(run, path, set);
                    break;
                default:
                    var type = types[at] ?? "no type";
                    _leftOut[type] = _leftOut.GetValueOrDefault(type) + 1;
                    break;
            }
        }
    }

    /// <summary>The last part of <c>workspace/project</c>.</summary>
    private string Project(string? whole, string file)
    {
        var name = whole?[(whole.LastIndexOf('/') + 1)..];
        if (string.IsNullOrEmpty(name))
        {
            throw ToolException.Usage($"{file}: a row has no project_id.");
        }

        return _projects.TryAdd(name, whole!) || _projects[name] == whole
            ? name
            : throw ToolException.Usage($"'{_projects[name]}' and '{whole}' have projects of one name: import them one by one, with --project.");
    }

    private static ImportedSeries Series(string path) => new(path, null, []);

    private long Step(decimal? step, string path, string file)
    {
        var whole = (step ?? throw ToolException.Usage($"{file}: a row of {path} has no step.")) * stepMultiplier;
        return whole >= 0 && whole == decimal.Truncate(whole)
            ? (long)whole
            : throw ToolException.Usage(
                $"{file}: {path} has the step {step.Value.ToString("0.######", CultureInfo.InvariantCulture)}, and steps are whole numbers from 0 on: give --step-multiplier, such as 1000.");
    }

    private static long? Millis(DateTime? time) =>
        time is { } at ? new DateTimeOffset(DateTime.SpecifyKind(at, DateTimeKind.Utc)).ToUnixTimeMilliseconds() : null;

    /// <summary>The counts of a histogram that has some.</summary>
    private static long[]? Counts(string? type, List<double>? edges, List<double>? values) =>
        type is "COUNTING" && edges is not null && values is not null && edges.Count == values.Count + 1
            && values.TrueForAll(value => value is >= 0 and < 9e15 && Math.Floor(value) == value)
            ? [.. values.Select(value => (long)value)]
            : null;

    /// <summary>What began with sys was said by that service, and in this one it would be taken for its own.</summary>
    private static ImportedAttributes Attribute(string run, string path, object value)
    {
        var place = path.StartsWith(Own, StringComparison.Ordinal) ? Kept + path[Own.Length..] : path;
        return new ImportedAttributes(run, new Dictionary<string, object?> { [place] = value }, []);
    }

    private static ImportedAttributes Attributes(string run) => new(run, new Dictionary<string, object?>(), []);
}
