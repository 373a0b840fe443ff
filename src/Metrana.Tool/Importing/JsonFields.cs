using System.Text.Json;
using Metrana.Native;

namespace Metrana.Tool.Importing;

/// <summary>What stands in a line of JSON, or a <see cref="JsonException"/> that says what is wrong with it.</summary>
internal static class JsonFields
{
    public static string? Text(JsonElement line, string name) =>
        line.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public static long? Whole(JsonElement line, string name)
    {
        if (!line.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return WholeOf(value, name);
    }

    /// <summary>A whole number that has to be there.</summary>
    public static long Needed(JsonElement line, string name) => Whole(line, name) ?? throw new JsonException($"it has no {name}.");

    public static double[] Numbers(JsonElement line, string name) =>
        [.. Array(line, name).Select(number => Number(number, name))];

    public static long[] Wholes(JsonElement line, string name) => [.. Array(line, name).Select(number => WholeOf(number, name))];

    /// <summary>The bins of a histogram: densities where there are any, else counts.</summary>
    public static Histogram Bins(JsonElement line, string edges) =>
        line.TryGetProperty("densities", out var densities) && densities.ValueKind == JsonValueKind.Array
            ? Histogram.OfDensities(Numbers(line, edges), Numbers(line, "densities"))
            : Histogram.OfCounts(Numbers(line, edges), Wholes(line, "counts"));

    public static string[] Texts(JsonElement line, string name) =>
        [.. Array(line, name).Select(text => text.GetString() ?? throw new JsonException($"{name} holds null."))];

    public static Dictionary<string, object?> Values(JsonElement line, string name) =>
        line.GetProperty(name).EnumerateObject().ToDictionary(one => one.Name, one => Value(one.Value));

    public static ImportedSeries Series(JsonElement line) => new(
        Text(line, "metric") ?? throw new JsonException("it has no metric."),
        Text(line, "scale"),
        line.TryGetProperty("labels", out var labels) && labels.ValueKind == JsonValueKind.Object
            ? [.. labels.EnumerateObject().OrderBy(one => one.Name, StringComparer.Ordinal).Select(one => (one.Name, one.Value.GetString() ?? ""))]
            : []);

    public static double Number(JsonElement value, string name) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.String when ImportedNumber.TryParse(value.GetString()!, out var number) => number,
        JsonValueKind.True => 1,
        JsonValueKind.False => 0,
        _ => throw new JsonException($"{name} is {value.GetRawText()}, which is no number."),
    };

    public static object? Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.TryGetInt64(out var whole) ? whole : value.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Null => null,
        JsonValueKind.Array => value.EnumerateArray().Select(one => one.GetString() ?? "").ToArray(),
        _ => value.GetRawText(),
    };

    private static JsonElement.ArrayEnumerator Array(JsonElement line, string name) =>
        line.TryGetProperty(name, out var array) && array.ValueKind == JsonValueKind.Array
            ? array.EnumerateArray()
            : throw new JsonException($"it has no list {name}.");

    private static long WholeOf(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var whole) && whole >= 0
            ? whole
            : throw new JsonException($"{name} is {value.GetRawText()}, which is no whole number from 0 on.");
}
