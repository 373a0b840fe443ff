using System.Globalization;
using System.Text.Json;
using Metrana.Tool.Kernel;

namespace Metrana.Tool.Importing;

/// <summary>
/// CSV in one of two forms: a line for each number, with the columns <c>metric</c> and <c>value</c>, as <c>export</c> writes it; or a
/// column for each metric, as most other programs do.
/// </summary>
internal sealed class CsvImport(string file) : IImportSource
{
    private static readonly string[] _stepNames = ["step", "_step", "global_step", "iteration", "timesteps", "epoch"];
    private static readonly string[] _timeNames = ["timestamp_millis", "timestamp", "_timestamp", "wall_time", "time"];

    /// <summary>Later than any number of seconds that is meant: what is greater counts milliseconds.</summary>
    private const double LatestSeconds = 1e11;

    public IReadOnlyList<string> Notes => [];

    public IEnumerable<ImportItem> Read()
    {
        using var reader = new StreamReader(file);
        using var records = CsvRecords.Read(reader, file).GetEnumerator();
        if (!records.MoveNext())
        {
            throw ToolException.Usage($"{file} is empty.");
        }

        var titles = records.Current.Fields.Select(title => title.Trim()).ToList();
        if (titles.Find(title => titles.Count(other => other == title) > 1) is { } twice)
        {
            throw ToolException.Usage($"{file}: two columns are called '{twice}'.");
        }

        var read = titles.Contains("metric") && titles.Contains("value") ? (Func<Row, IEnumerable<ImportItem>>)Long : Wide;
        for (long number = 0; records.MoveNext(); number++)
        {
            var (line, fields) = records.Current;
            if (fields.Count != titles.Count)
            {
                throw ToolException.Usage($"{file}, line {line}: {fields.Count} fields, but there are {titles.Count} titles.");
            }

            foreach (var item in read(new Row(file, line, number, titles, fields)))
            {
                yield return item;
            }
        }
    }

    private static IEnumerable<ImportItem> Long(Row row)
    {
        var environment = row.Text("environment");
        var series = new ImportedSeries(row.Text("metric") ?? throw row.Wrong("metric", "is empty"), row.Text("scale"), Labels(row));
        yield return new ImportedPoint(row.Text("run") ?? "", series, row.Whole("step") ?? throw row.Wrong("step", "is empty"), Time(row), row.Number("value"))
        {
            Environment = environment is null
                ? null
                : new ImportedEnvironment(environment, row.Whole("rl_step") ?? throw row.Wrong("rl_step", "is empty"), row.Whole("episode")),
        };
    }

    private static IEnumerable<ImportItem> Wide(Row row)
    {
        var step = Array.Find(_stepNames, row.Has);
        var time = Array.Find(_timeNames, row.Has);
        foreach (var title in row.Titles)
        {
            if (title == step || title == time || title == "run" || row.Text(title) is null)
            {
                continue;
            }

            var at = step is null ? row.Index : row.Whole(step) ?? throw row.Wrong(step, "is empty");
            yield return new ImportedPoint(row.Text("run") ?? "", new ImportedSeries(title, null, []), at, Time(row), row.Number(title));
        }
    }

    private static List<(string Key, string Value)> Labels(Row row)
    {
        if (row.Text("labels") is not { } text)
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
            throw row.Wrong("labels", $"is '{text}', which is no JSON object of texts");
        }
    }

    private static long? Time(Row row)
    {
        if (Array.Find(_timeNames, row.Has) is not { } title || row.Text(title) is not { } text)
        {
            return null;
        }

        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
        {
            return (long)(title == "timestamp_millis" || Math.Abs(number) > LatestSeconds ? number : number * 1000);
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
            ? moment.ToUnixTimeMilliseconds()
            : throw row.Wrong(title, $"is '{text}', which is no time");
    }

    /// <summary>A record under its titles.</summary>
    private sealed record Row(string File, int Line, long Index, List<string> Titles, List<string> Fields)
    {
        public bool Has(string title) => Titles.Contains(title);

        /// <summary>The field; nothing where it is empty or not there.</summary>
        public string? Text(string title) => Titles.IndexOf(title) is >= 0 and var at && Fields[at].Length > 0 ? Fields[at] : null;

        public long? Whole(string title) => Text(title) is not { } text ? null
            : long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var whole) && whole >= 0 ? whole
            // Tables of floating-point numbers write 3.0.
            : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                && number is >= 0 and < 9e15 && Math.Floor(number) == number ? (long)number
            : throw Wrong(title, $"is '{text}', which is no whole number from 0 on");

        public double Number(string title) => Text(title) is not { } text ? throw Wrong(title, "is empty")
            : ImportedNumber.TryParse(text, out var number) ? number
            : throw Wrong(title, $"is '{text}', which is no number");

        public ToolException Wrong(string title, string how) => ToolException.Usage($"{File}, line {Line}: {title} {how}.");
    }
}
