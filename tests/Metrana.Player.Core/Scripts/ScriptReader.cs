using System.Text;
using System.Text.Json;
using Metrana.Player.Values;

namespace Metrana.Player.Scripts;

/// <summary>Reads script files: UTF-8, one JSON object a line.</summary>
public static class ScriptReader
{
    private static readonly UTF8Encoding _strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly JsonDocumentOptions _json = new() { MaxDepth = 1000 };

    /// <summary>The scripts of a file, in order. A blank line is none.</summary>
    /// <exception cref="ScriptFormatException">A line is not a script.</exception>
    public static List<Script> ReadFile(string path)
    {
        var scripts = new List<Script>();
        ReadOnlySpan<byte> rest = File.ReadAllBytes(path);
        for (var number = 1; rest.Length > 0; number++)
        {
            var end = rest.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            if (line.Trim(" \t\r"u8).Length > 0)
            {
                scripts.Add(ReadLine(line, number));
            }
        }

        return scripts;
    }

    /// <summary>The script that one line holds.</summary>
    /// <exception cref="ScriptFormatException">It holds none.</exception>
    public static Script ReadLine(string line, int number = 1)
    {
        try
        {
            using var document = JsonDocument.Parse(line, _json);
            return ReadScript(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw new ScriptFormatException(number, e.Message, e);
        }
    }

    private static Script ReadLine(ReadOnlySpan<byte> line, int number)
    {
        try
        {
            return ReadLine(_strictUtf8.GetString(line), number);
        }
        catch (DecoderFallbackException e)
        {
            throw new ScriptFormatException(number, "it is not UTF-8.", e);
        }
    }

    // Members beyond the three are another reader's: a golden vector holds what its calls led to.
    private static Script ReadScript(JsonElement line)
    {
        Expect(line, JsonValueKind.Object, "a script");
        var calls = Member(line, "calls", JsonValueKind.Array);

        // A golden vector names the engine that it was captured from.
        var values = new ValueReader(golden: Find(line, "engine") is not null);
        return new Script(
            JsonText.Read(Member(line, "name", JsonValueKind.String)),
            values.ReadMapping(Member(line, "config", JsonValueKind.Object)),
            [.. calls.EnumerateArray().Select(call => ReadCall(call, values))]);
    }

    private static ScriptCall ReadCall(JsonElement call, ValueReader values)
    {
        Expect(call, JsonValueKind.Object, "a call");
        foreach (var member in call.EnumerateObject())
        {
            if (JsonText.NameOf(member) is var name and not ("method" or "args" or "kwargs"))
            {
                throw new FormatException($"a call has no '{name}'.");
            }
        }

        return new ScriptCall(
            JsonText.Read(Member(call, "method", JsonValueKind.String)),
            [.. Member(call, "args", JsonValueKind.Array).EnumerateArray().Select(values.Read)],
            values.ReadMapping(Member(call, "kwargs", JsonValueKind.Object)));
    }

    private static JsonElement Member(JsonElement element, string name, JsonValueKind kind)
    {
        if (Find(element, name) is not { } member)
        {
            throw new FormatException($"there is no '{name}'.");
        }

        Expect(member, kind, $"'{name}'");
        return member;
    }

    private static JsonElement? Find(JsonElement element, string name)
    {
        JsonElement? found = null;
        foreach (var member in element.EnumerateObject().Where(member => JsonText.NameOf(member) == name))
        {
            found = member.Value;
        }

        return found;
    }

    private static void Expect(JsonElement element, JsonValueKind kind, string what)
    {
        if (element.ValueKind != kind)
        {
            throw new FormatException($"{what} must be a JSON {kind}, not {element.ValueKind}.");
        }
    }
}
