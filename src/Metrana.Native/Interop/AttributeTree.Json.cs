using System.Text.Json;
using System.Text.Json.Nodes;

namespace Metrana.Native.Interop;

internal sealed partial class AttributeTree
{
    private void Write(JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(json);
                break;
            case JsonValueKind.Array:
                WriteArray(json);
                break;
            case JsonValueKind.String:
                Write(Node.Text);
                WriteText(json.GetString() ?? "");
                break;
            case JsonValueKind.Number:
                WriteJsonNumber(json);
                break;
            case JsonValueKind.True:
                Write(Node.True);
                break;
            case JsonValueKind.False:
                Write(Node.False);
                break;
            case JsonValueKind.Undefined:
                throw Refusal("default(JsonElement) holds no JSON. Leave it out, or pass null.");
            default:
                Write(Node.Null);
                break;
        }
    }

    private void Write(JsonNode node)
    {
        switch (node)
        {
            case JsonObject map:
                WriteMap<JsonNode?>(map);
                break;
            case JsonArray list:
                WriteList(list);
                break;
            default:
                WriteJsonValue(node.AsValue());
                break;
        }
    }

    /// <summary>
    /// What it holds is taken before its JSON, in which 1.0 is 1: a whole number, and a half the next time. What only JSON has
    /// a form for, such as an enum, is what it is there.
    /// </summary>
    private void WriteJsonValue(JsonValue value)
    {
        if (value.TryGetValue(out object? held))
        {
            if (held is string or bool or JsonElement)
            {
                Write(held);
                return;
            }

            if (WriteNumber(held))
            {
                return;
            }
        }

        using JsonDocument document = JsonDocument.Parse(value.ToJsonString());
        Write(document.RootElement);
    }

    private void WriteObject(JsonElement json)
    {
        int place = Begin(Node.Map);
        int count = 0;
        foreach (JsonProperty property in json.EnumerateObject())
        {
            _path[_depth - 1] = (property.Name, 0);
            WriteText(property.Name);
            Write(property.Value);
            count++;
        }

        End(place, count);
    }

    private void WriteArray(JsonElement json)
    {
        int place = Begin(Node.List);
        int count = 0;
        foreach (JsonElement element in json.EnumerateArray())
        {
            _path[_depth - 1] = (null, count++);
            Write(element);
        }

        End(place, count);
    }

    /// <summary>What is written without point and exponent is a whole number, and has to fit.</summary>
    private void WriteJsonNumber(JsonElement json)
    {
        if (json.TryGetInt64(out long whole))
        {
            WriteInt(whole);
        }
        else if (json.TryGetUInt64(out ulong large))
        {
            Write(large);
        }
        else if (json.GetRawText().AsSpan().IndexOfAny('.', 'e', 'E') >= 0)
        {
            WriteFloat(json.GetDouble());
        }
        else
        {
            throw Refusal($"the JSON number {json.GetRawText()} is out of range: whole numbers lie between -2^63 and 2^64-1.");
        }
    }
}
