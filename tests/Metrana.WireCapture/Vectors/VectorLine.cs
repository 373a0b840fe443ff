using System.Text.Json;
using Metrana.Protobuf.Ingestion.V1.Svc;

namespace Metrana.WireCapture.Vectors;

/// <summary>A golden vector: calls that a published engine was given, and what it sent.</summary>
public sealed class VectorLine
{
    private readonly JsonElement _line;

    private VectorLine(string file, JsonElement line)
    {
        File = file;
        _line = line;
    }

    /// <summary>The file that the vector is from.</summary>
    public string File { get; }

    /// <summary>The vector's name.</summary>
    public string Name => _line.GetProperty("name").GetString()!;

    /// <summary>Whether it turns on a type that only Python has.</summary>
    public bool PythonOnly => _line.TryGetProperty("python_only", out var only) && only.GetBoolean();

    /// <summary>The line as it stands; its name, config and calls are those of a call script.</summary>
    public string Json => _line.GetRawText();

    /// <summary>What became of each call: "ok", or an object with what it raised.</summary>
    public IReadOnlyList<JsonElement> Results => [.. _line.GetProperty("results").EnumerateArray()];

    /// <summary>What the init was answered with, where it was not the plain answer.</summary>
    public JsonElement? InitResponse =>
        _line.TryGetProperty("init_response", out var answer) && answer.ValueKind == JsonValueKind.Object ? answer : null;

    /// <summary>What the engine sent, in order.</summary>
    public IReadOnlyList<VectorRequest> Requests => [.. _line.GetProperty("requests").EnumerateArray().Select(request => new VectorRequest(
        request.GetProperty("rpc").GetString()!,
        request.GetProperty("message").GetRawText(),
        Convert.FromHexString(request.GetProperty("hex").GetString()!)))];

    /// <summary>The messages of its update stream.</summary>
    public IEnumerable<UpdateRunRequest> UpdateMessages() =>
        Requests.Where(request => request.Rpc == "UpdateRunStream").Select(request => UpdateRunRequest.Parser.ParseFrom(request.Bytes));

    /// <summary>The vectors of a file, which lies among the files of the test.</summary>
    public static IReadOnlyList<VectorLine> ReadFile(string file)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "vectors", file);
        return [.. System.IO.File.ReadLines(path)
            .Where(line => line.Length > 0)
            .Select(line => new VectorLine(file, JsonDocument.Parse(line).RootElement))];
    }

    /// <summary>The names of the files there are.</summary>
    public static IReadOnlyList<string> Files()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "vectors");
        return [.. Directory.EnumerateFiles(folder, "*.jsonl").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
    }

    /// <inheritdoc />
    public override string ToString() => Name;
}

/// <summary>A message that an engine sent.</summary>
/// <param name="Rpc">The method it was sent to.</param>
/// <param name="Json">What it means, as protobuf JSON.</param>
/// <param name="Bytes">Its bytes.</param>
public sealed record VectorRequest(string Rpc, string Json, byte[] Bytes);
