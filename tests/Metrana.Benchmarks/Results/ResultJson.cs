using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Benchmarks.Results;

/// <summary>The one JSON object that a mode ends with.</summary>
internal static partial class ResultJson
{
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
    };

    /// <summary>An object with the members of each part, in order.</summary>
    public static JsonObject Of(params ReadOnlySpan<object> parts)
    {
        JsonObject whole = [];
        foreach (object part in parts)
        {
            JsonObject members = part as JsonObject ?? Node(part).AsObject();
            foreach ((string name, JsonNode? value) in members)
            {
                whole.Add(name, value?.DeepClone());
            }
        }

        return whole;
    }

    /// <summary>One value as it stands in a result.</summary>
    public static JsonNode Node(object value) => JsonSerializer.SerializeToNode(value, value.GetType(), Options)!;

    /// <summary>Writes it to a file where one is named, else to standard output.</summary>
    public static void Write(JsonObject result, string? path)
    {
        if (path is null)
        {
            Console.WriteLine(Text(result));
            return;
        }

        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
        {
            Directory.CreateDirectory(folder);
        }

        File.WriteAllText(path, Text(result) + "\n");
        Console.WriteLine($"{path} is written.");
    }

    /// <summary>Indented, but a figure stands in one line.</summary>
    public static string Text(JsonNode result) => NumberColumn().Replace(
        result.ToJsonString(Options), column => $"[{string.Join(", ", column.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries))}]");

    [GeneratedRegex(@"\[\s*([-+.0-9eE]+(?:\s*,\s*[-+.0-9eE]+)*)\s*\]")]
    private static partial Regex NumberColumn();
}
