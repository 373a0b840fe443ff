using System.Numerics;
using Metrana.Native;
using Metrana.Player.Values;

namespace Metrana.Player.Methods;

/// <summary>The arguments of a call by name, read as what the published client takes them for.</summary>
internal sealed class Arguments(IReadOnlyDictionary<string, ScriptValue> values)
{
    /// <summary>The argument as written; null where it is left out or None.</summary>
    public ScriptValue? Optional(string name) => values.TryGetValue(name, out var value) && value is not NoneValue ? value : null;

    /// <summary>The argument as written, None included.</summary>
    public ScriptValue Required(string name) => values[name];

    public string Text(string name) => OptionalText(name) ?? throw RefusalException.Type($"{name}: text is needed, not None");

    public string? OptionalText(string name) => Optional(name) switch
    {
        null => null,
        TextValue text => text.Value,
        var other => throw RefusalException.Type($"{name}: text is needed, not '{other.TypeName}'"),
    };

    /// <summary>A single integer that fits 64 bits with a sign.</summary>
    public long? OptionalInt64(string name) => OptionalInteger(name) is { } number ? Numbers.ToInt64(number, name) : null;

    /// <summary>A single integer from 0 on.</summary>
    public long? OptionalCount(string name)
    {
        var number = OptionalInt64(name);
        return number >= 0 || number is null
            ? number
            : throw RefusalException.Overflow($"{name}: can't convert negative int to unsigned");
    }

    /// <summary>A single integer from 0 on that may not be left out.</summary>
    public long Count(string name) => OptionalCount(name) ?? throw RefusalException.Type($"{name}: an integer is needed, not None");

    /// <summary>True or false; nothing else is either.</summary>
    public bool Flag(string name, bool otherwise) => !values.TryGetValue(name, out var value)
        ? otherwise
        : value is BoolValue truth
            ? truth.Value
            : throw RefusalException.Type($"{name}: a bool is needed, not '{value.TypeName}'");

    /// <summary>A list of texts; a text is none, though it can be gone through.</summary>
    public string[]? OptionalTexts(string name) => Optional(name) switch
    {
        null => null,
        ListValue list => [.. list.Items.Select(item => item is TextValue text
            ? text.Value
            : throw RefusalException.Type($"{name}: texts are needed, not '{item.TypeName}'"))],
        var other => throw RefusalException.Type($"{name}: a list of texts is needed, not '{other.TypeName}'"),
    };

    public string[] Texts(string name) =>
        OptionalTexts(name) ?? throw RefusalException.Type($"{name}: a list of texts is needed, not None");

    /// <summary>A single number.</summary>
    public double? OptionalDouble(string name) => Optional(name) switch
    {
        null => null,
        (IntegerValue or FloatValue or BoolValue) and var number => Numbers.ToDouble(number, name),
        var other => throw RefusalException.Type($"{name}: a number is needed, not '{other.TypeName}'"),
    };

    /// <summary>The labels: a mapping, or pairs. Of a key that comes twice the API takes the last.</summary>
    public Labels Labels(string name = "labels") => Optional(name) switch
    {
        null => Native.Labels.None,
        MappingValue mapping => new Labels(mapping.Entries.Select(entry => Label(new TextValue(entry.Key), entry.Value))),
        ListValue list => new Labels(list.Items.Select(Pair)),
        var other => throw RefusalException.Type($"{name}: a mapping or pairs are needed, not '{other.TypeName}'"),
    };

    private BigInteger? OptionalInteger(string name) => Optional(name) switch
    {
        null => null,
        IntegerValue number => number.Value,
        BoolValue truth => truth.Value ? 1 : 0,
        ArrayValue { Type: ElementType.Int64, Shape.Count: 0, Elements: [var element] } => Numbers.ToInt64(element, name),
        var other => throw RefusalException.Type($"{name}: '{other.TypeName}' cannot be interpreted as an integer"),
    };

    // The published client takes a tuple for a pair and nothing else.
    private static KeyValuePair<string, string> Pair(ScriptValue pair) => pair is ListValue { IsTuple: true, Items: [var key, var value] }
        ? Label(key, value)
        : throw RefusalException.Type("labels: a pair is a tuple of key and value");

    private static KeyValuePair<string, string> Label(ScriptValue key, ScriptValue value) =>
        (key, value) is (TextValue keyText, TextValue valueText)
            ? KeyValuePair.Create(keyText.Value, valueText.Value)
            : throw RefusalException.Type("labels: keys and values must be text");
}
