using System.Text.Json;
using Metrana.Native;
using static Metrana.Tool.Importing.JsonFields;

namespace Metrana.Tool.Importing;

/// <summary>
/// The lines of a <see cref="Mirrors.JsonlMirror"/>. A file of one begins with a line of the kind <c>start</c>, and so does each further
/// run in it; the lines in between do not say whose they are.
/// </summary>
internal sealed class MirrorLines
{
    private readonly Dictionary<string, int> _unknown = new(StringComparer.Ordinal);
    private string? _run;

    public IReadOnlyList<string> Notes => _unknown.Count == 0
        ? []
        : [$"Lines of kinds that this version does not know were left out: {string.Join(", ", _unknown.Select(one => $"{one.Value} of '{one.Key}'"))}."];

    /// <summary>What a line holds; nothing where it is none of a mirror.</summary>
    public IReadOnlyList<ImportItem>? Read(JsonElement line)
    {
        var kind = Text(line, "kind");
        if (kind == "start" && Text(line, "project") is { } project && Text(line, "name") is { } name)
        {
            _run = $"{project}/{name}";

            // A run that logged nothing is one all the same.
            return [Attributes([])];
        }

        return _run is null || kind is null ? null : [.. Items(line, kind)];
    }

    private IEnumerable<ImportItem> Items(JsonElement line, string kind)
    {
        var run = _run!;
        switch (kind)
        {
            case "points":
                return Points(line, run);
            case "rl_points":
                return RlPoints(line, run);
            case "histogram":
                return [new ImportedHistogram(run, Series(line), Needed(line, "step"), Whole(line, "timestamp"), Bins(line, "edges"))];
            case "scatter":
                return [new ImportedScatter(
                    run,
                    Series(line),
                    Needed(line, "step"),
                    Whole(line, "timestamp"),
                    Numbers(line, "xs"),
                    Numbers(line, "ys"),
                    line.TryGetProperty("zs", out _) ? Numbers(line, "zs") : null)
                {
                    Titles = new AxisTitles { X = Text(line, "x_title"), Y = Text(line, "y_title"), Z = Text(line, "z_title") },
                }];
            case "attributes":
                return [Attributes(Values(line, "values"))];
            case "environment_attributes":
                return [Attributes(Values(line, "values")) with
                {
                    Environment = Text(line, "environment") ?? throw new JsonException("it has no environment."),
                    Episode = Whole(line, "episode"),
                }];
            case "tags":
                return [new ImportedAttributes(run, new Dictionary<string, object?>(), Texts(line, "added"))
                {
                    LostTags = Texts(line, "removed"),
                    ReplacesTags = line.TryGetProperty("replaces", out var replaces) && replaces.GetBoolean(),
                }];
            case "description":
                return [Attributes([]) with { Description = Text(line, "text") }];
            case "annotation":
                return [Annotation(line)];
            case "end":
                return Text(line, "outcome") is "failed" or "aborted" ? [new ImportedFailure(run, Text(line, "message") ?? "")] : [];
            default:
                _unknown[kind] = _unknown.GetValueOrDefault(kind) + 1;
                return [];
        }
    }

    private static IEnumerable<ImportItem> Points(JsonElement line, string run)
    {
        var series = Series(line);
        var (steps, values, times) = Columns(line);
        return values.Select((value, at) => new ImportedPoint(run, series, steps[at], times[at], value));
    }

    private static IEnumerable<ImportItem> RlPoints(JsonElement line, string run)
    {
        var (series, rlStep, environments, width) = (Series(line), Needed(line, "rl_step"), Texts(line, "environments"), Needed(line, "width"));
        var (steps, values, times) = Columns(line);
        var episodes = line.TryGetProperty("episodes", out _) ? Wholes(line, "episodes") : [];
        if (values.Length != environments.Length * width || (episodes.Length != 0 && episodes.Length != values.Length))
        {
            throw new JsonException($"{values.Length} values and {episodes.Length} episodes do not fit {environments.Length} environments of {width}.");
        }

        return values.Select((value, at) => new ImportedPoint(run, series, steps[at], times[at], value)
        {
            Environment = new ImportedEnvironment(environments[at / width], rlStep, episodes.Length == 0 ? null : episodes[at]),
        });
    }

    private static (long[] Steps, double[] Values, long[] Times) Columns(JsonElement line)
    {
        var (steps, values, times) = (Wholes(line, "steps"), Numbers(line, "values"), Wholes(line, "timestamps"));
        return steps.Length == values.Length && times.Length == values.Length
            ? (steps, values, times)
            : throw new JsonException($"it has {values.Length} values, {steps.Length} steps and {times.Length} timestamps.");
    }

    /// <summary>An annotation is kept as attributes under a path that tells when it was made.</summary>
    private ImportedAttributes Annotation(JsonElement line)
    {
        var path = Text(line, "path") ?? throw new JsonException("it has no path.");
        var values = line.TryGetProperty("metadata", out _)
            ? Values(line, "metadata").ToDictionary(one => $"{path}/metadata/{one.Key}", one => one.Value)
            : [];
        values[$"{path}/text"] = Text(line, "text");
        if (Whole(line, "step") is { } step)
        {
            values[$"{path}/step"] = step;
        }

        return Attributes(values);
    }

    private ImportedAttributes Attributes(Dictionary<string, object?> values) => new(_run!, values, []);
}
