using System.Text.Json;
using Metrana.Tool.Kernel;

namespace Metrana.Tool.Importing;

/// <summary>
/// JSON lines: those that <c>export</c> writes, or an object of metrics in each line, such as
/// <c>{"step": 3, "loss": 0.25}</c>.
/// </summary>
internal sealed class JsonlImport(string file) : IImportSource
{
    private static readonly string[] _stepNames = ["step", "_step", "global_step", "iteration", "epoch"];
    private static readonly string[] _others = ["run", "type", "timestamp_millis", "_timestamp", "_runtime"];

    private int _scatters;

    public IReadOnlyList<string> Notes => _scatters == 0 ? [] : [$"{_scatters} scatters were left out."];

    public IEnumerable<ImportItem> Read()
    {
        _scatters = 0;
        long number = 0;
        foreach (var text in File.ReadLines(file))
        {
            number++;
            if (string.IsNullOrWhiteSpace(text))
            {
                continue;
            }

            List<ImportItem> items;
            try
            {
                using var line = JsonDocument.Parse(text);
                items = [.. Items(line.RootElement, number)];
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
            {
                throw ToolException.Usage($"{file}, line {number}: {e.Message}");
            }

            foreach (var item in items)
            {
                yield return item;
            }
        }
    }

    private IEnumerable<ImportItem> Items(JsonElement line, long number)
    {
        if (line.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException("it is no object.");
        }

        var run = Text(line, "run") ?? "";
        switch (Text(line, "type"))
        {
            case "run":
                yield return new ImportedAttributes(
                    run,
                    line.TryGetProperty("attributes", out var all) ? all.EnumerateObject().ToDictionary(one => one.Name, one => Value(one.Value)) : [],
                    line.TryGetProperty("tags", out var tags) ? [.. tags.EnumerateArray().Select(tag => tag.GetString() ?? "")] : []);
                break;
            case "point":
                var environment = Text(line, "environment");
                yield return new ImportedPoint(run, Series(line), Whole(line, "step") ?? throw new JsonException("it has no step."), Whole(line, "timestamp_millis"), Number(line.GetProperty("value"), "value"))
                {
                    Environment = environment is null
                        ? null
                        : new ImportedEnvironment(environment, Whole(line, "rl_step") ?? throw new JsonException("it has no rl_step."), Whole(line, "episode")),
                };
                break;
            case "histogram":
                if (!line.TryGetProperty("counts", out var counts) || counts.ValueKind != JsonValueKind.Array)
                {
                    throw new JsonException("a histogram without counts cannot be imported.");
                }

                yield return new ImportedHistogram(
                    run,
                    Series(line),
                    Whole(line, "step") ?? throw new JsonException("it has no step."),
                    Whole(line, "timestamp_millis"),
                    [.. line.GetProperty("bin_edges").EnumerateArray().Select(edge => Number(edge, "bin_edges"))],
                    [.. counts.EnumerateArray().Select(count => count.GetInt64())]);
                break;
            case "scatter":
                _scatters++;
                break;
            default:
                foreach (var item in Wide(line, run, number))
                {
                    yield return item;
                }

                break;
        }
    }

    private static IEnumerable<ImportItem> Wide(JsonElement line, string run, long number)
    {
        var stepName = Array.Find(_stepNames, name => line.TryGetProperty(name, out _));
        var step = stepName is null ? number - 1 : Whole(line, stepName) ?? throw new JsonException($"{stepName} is null.");
        var time = Whole(line, "timestamp_millis")
            ?? (line.TryGetProperty("_timestamp", out var seconds) ? (long)(Number(seconds, "_timestamp") * 1000) : null);
        foreach (var metric in line.EnumerateObject())
        {
            if (metric.Name != stepName && !_others.Contains(metric.Name) && metric.Value.ValueKind != JsonValueKind.Null)
            {
                yield return new ImportedPoint(run, new ImportedSeries(metric.Name, null, []), step, time, Number(metric.Value, metric.Name));
            }
        }
    }

    private static ImportedSeries Series(JsonElement line) => new(
        Text(line, "metric") ?? throw new JsonException("it has no metric."),
        Text(line, "scale"),
        line.TryGetProperty("labels", out var labels) && labels.ValueKind == JsonValueKind.Object
            ? [.. labels.EnumerateObject().OrderBy(one => one.Name, StringComparer.Ordinal).Select(one => (one.Name, one.Value.GetString() ?? ""))]
            : []);

    private static string? Text(JsonElement line, string name) =>
        line.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long? Whole(JsonElement line, string name)
    {
        if (!line.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var whole) && whole >= 0
            ? whole
            : throw new JsonException($"{name} is {value.GetRawText()}, which is no whole number from 0 on.");
    }

    private static double Number(JsonElement value, string name) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.String when ImportedNumber.TryParse(value.GetString()!, out var number) => number,
        JsonValueKind.True => 1,
        JsonValueKind.False => 0,
        _ => throw new JsonException($"{name} is {value.GetRawText()}, which is no number."),
    };

    private static object? Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.TryGetInt64(out var whole) ? whole : value.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Null => null,
        JsonValueKind.Array => value.EnumerateArray().Select(one => one.GetString() ?? "").ToArray(),
        _ => value.GetRawText(),
    };
}
