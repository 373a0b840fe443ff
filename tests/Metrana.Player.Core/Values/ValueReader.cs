using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace Metrana.Player.Values;

/// <summary>Reads a script's values from JSON: arrays, tuples and the floats that JSON lacks are objects there.</summary>
/// <param name="golden">Whether they are a golden vector's: then sets and dates are objects as well, and no mappings.</param>
internal sealed class ValueReader(bool golden)
{
    /// <summary>The NaN that the published client sends; the one of .NET has its sign bit set.</summary>
    private static readonly double _nan = BitConverter.UInt64BitsToDouble(0x7FF8_0000_0000_0000);

    public ScriptValue Read(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => new NoneValue(),
        JsonValueKind.True => new BoolValue(true),
        JsonValueKind.False => new BoolValue(false),
        JsonValueKind.Number => ReadNumber(value.GetRawText()),
        JsonValueKind.String => new TextValue(JsonText.Read(value)),
        JsonValueKind.Array => new ListValue(ReadItems(value), IsTuple: false),
        _ => ReadObject(value),
    };

    public MappingValue ReadMapping(JsonElement value) => ReadMapping(MembersOf(value));

    private MappingValue ReadMapping(OrderedDictionary<string, JsonElement> members) =>
        new([.. members.Select(member => KeyValuePair.Create(member.Key, Read(member.Value)))]);

    private ScriptValue ReadObject(JsonElement value)
    {
        var members = MembersOf(value);
        if (members.Count == 1 && members.TryGetValue("float", out var special) && Special(special) is { } number)
        {
            return new FloatValue(number);
        }

        if (members.Count == 1 && members.TryGetValue("tuple", out var items) && items.ValueKind == JsonValueKind.Array)
        {
            return new ListValue(ReadItems(items), IsTuple: true);
        }

        if (members.Count == 3
            && members.TryGetValue("ndarray", out var type)
            && members.TryGetValue("shape", out var shape)
            && members.TryGetValue("data", out var data))
        {
            return ReadArray(type, shape, data);
        }

        return (golden && members.Count == 1 ? ReadGolden(members) : null) ?? ReadMapping(members);
    }

    private ScriptValue? ReadGolden(OrderedDictionary<string, JsonElement> members)
    {
        if (members.TryGetValue("set", out var items) && items.ValueKind == JsonValueKind.Array)
        {
            return new SetValue(ReadItems(items));
        }

        return members.TryGetValue("datetime", out var date) && date.ValueKind == JsonValueKind.String
            ? new DateValue(JsonText.Read(date))
            : null;
    }

    private List<ScriptValue> ReadItems(JsonElement list) => [.. list.EnumerateArray().Select(Read)];

    private static ScriptValue ReadNumber(string text) => text.AsSpan().ContainsAny('.', 'e', 'E')
        ? new FloatValue(double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture))
        : new IntegerValue(BigInteger.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));

    private static double? Special(JsonElement name) => name.ValueKind != JsonValueKind.String ? null : JsonText.Read(name) switch
    {
        "nan" => _nan,
        "inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        _ => null,
    };

    private ArrayValue ReadArray(JsonElement type, JsonElement shape, JsonElement data)
    {
        var elementType = type.ValueKind != JsonValueKind.String ? default(ElementType?) : JsonText.Read(type) switch
        {
            "float64" => ElementType.Float64,
            "float32" => ElementType.Float32,
            "int64" => ElementType.Int64,
            _ => null,
        };
        if (elementType is null)
        {
            throw new FormatException($"an ndarray is float64, float32 or int64, not {type.GetRawText()}.");
        }

        if (shape.ValueKind != JsonValueKind.Array || !shape.EnumerateArray().All(length => length.TryGetInt32(out var n) && n >= 0))
        {
            throw new FormatException($"an ndarray's shape is a list of lengths, not {shape.GetRawText()}.");
        }

        int[] dimensions = [.. shape.EnumerateArray().Select(length => length.GetInt32())];
        var elements = new List<ScriptValue>();
        Flatten(Read(data), dimensions, elements);
        return new ArrayValue(elementType.Value, dimensions, elements);
    }

    private static void Flatten(ScriptValue data, ReadOnlySpan<int> shape, List<ScriptValue> elements)
    {
        if (shape.IsEmpty)
        {
            elements.Add(data);
            return;
        }

        if (data is not ListValue list || list.Items.Count != shape[0])
        {
            throw new FormatException("an ndarray's data does not have its shape.");
        }

        foreach (var item in list.Items)
        {
            Flatten(item, shape[1..], elements);
        }
    }

    /// <summary>The members in their order; of a name that comes twice the last value counts.</summary>
    private static OrderedDictionary<string, JsonElement> MembersOf(JsonElement value)
    {
        var members = new OrderedDictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject())
        {
            members[JsonText.NameOf(member)] = member.Value;
        }

        return members;
    }
}
