using System.Text.Json;
using Metrana.Tool.Kernel;
using static Metrana.Tool.Importing.JsonFields;

namespace Metrana.Tool.Importing;

/// <summary>
/// JSON lines: those that <c>export</c> writes, those of a <see cref="Mirrors.JsonlMirror"/>, or an object of metrics in each
/// line, such as <c>{"step": 3, "loss": 0.25}</c>.
/// </summary>
internal sealed class JsonlImport(string file) : IImportSource
{
    private static readonly string[] _stepNames = ["step", "_step", "global_step", "iteration", "epoch"];
    private static readonly string[] _others = ["run", "type", "timestamp_millis", "_timestamp", "_runtime"];

    private MirrorLines _mirror = new();

    public IReadOnlyList<string> Notes => _mirror.Notes;

    public IEnumerable<ImportItem> Read()
    {
        _mirror = new MirrorLines();
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

        if (_mirror.Read(line) is { } mirrored)
        {
            foreach (var item in mirrored)
            {
                yield return item;
            }

            yield break;
        }

        var run = Text(line, "run") ?? "";
        switch (Text(line, "type"))
        {
            case "run":
                yield return new ImportedAttributes(
                    run,
                    line.TryGetProperty("attributes", out _) ? Values(line, "attributes") : [],
                    line.TryGetProperty("tags", out var tags) ? [.. tags.EnumerateArray().Select(tag => tag.GetString() ?? "")] : []);
                break;
            case "point":
                var environment = Text(line, "environment");
                yield return new ImportedPoint(run, Series(line), Needed(line, "step"), Whole(line, "timestamp_millis"), Number(line.GetProperty("value"), "value"))
                {
                    Environment = environment is null
                        ? null
                        : new ImportedEnvironment(environment, Needed(line, "rl_step"), Whole(line, "episode")),
                };
                break;
            case "histogram":
                yield return new ImportedHistogram(
                    run,
                    Series(line),
                    Needed(line, "step"),
                    Whole(line, "timestamp_millis"),
                    Bins(line, "bin_edges"));
                break;
            case "scatter":
                yield return new ImportedScatter(
                    run,
                    Series(line),
                    Needed(line, "step"),
                    Whole(line, "timestamp_millis"),
                    Numbers(line, "xs"),
                    Numbers(line, "ys"),
                    line.TryGetProperty("zs", out var zs) && zs.ValueKind == JsonValueKind.Array ? Numbers(line, "zs") : null);
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
}
