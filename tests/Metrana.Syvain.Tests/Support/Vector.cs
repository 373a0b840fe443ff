using System.Text.Json.Nodes;

namespace Metrana.Syvain.Tests.Support;

/// <summary>What the published collector asked, and what it was answered.</summary>
internal sealed class Vector
{
    private readonly JsonArray _exchanges;

    public Vector(string file)
    {
        File = file;
        _exchanges = JsonNode.Parse(System.IO.File.ReadAllText(Path.Combine(Folder, $"{file}.json")))!["exchanges"]!.AsArray();
    }

    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "vectors", "syvain");

    public string File { get; }

    public int Count => _exchanges.Count;

    /// <summary>When it was written: its keys were good then.</summary>
    public DateTimeOffset Time => DateTimeOffset.FromUnixTimeMilliseconds(
        _exchanges.Select(one => (long?)one!["response"]!["body"]?["data"]?["key"]?["created_at_ms"]).FirstOrDefault(time => time is not null) ?? 1_795_268_240_000);

    public JsonNode RequestAt(int index) => _exchanges[index]!["request"]!;

    /// <summary>How many metrics a request carried whose body is shortened in the file.</summary>
    public int? CarriedAt(int index) =>
        (string?)_exchanges[index]!["note"] is { } note ? int.Parse(note.Split(' ')[^2], System.Globalization.CultureInfo.InvariantCulture) : null;

    public PeerAnswer AnswerAt(int index)
    {
        JsonNode response = _exchanges[index]!["response"]!;
        JsonNode? body = response["body"];
        string text = body is JsonValue value && value.TryGetValue(out string? plain) ? plain : body!.ToJsonString();
        return new PeerAnswer((int)response["status"]!, text);
    }
}
