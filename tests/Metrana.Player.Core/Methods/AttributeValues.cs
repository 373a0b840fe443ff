using Metrana.Player.Values;

namespace Metrana.Player.Methods;

/// <summary>Attribute values as what the API takes them as: what the published client refuses by its type is refused here.</summary>
internal static class AttributeValues
{
    public static object? From(ScriptValue value) => value switch
    {
        NoneValue => null,
        BoolValue truth => truth.Value,
        IntegerValue { Value: var number } when number >= long.MinValue && number <= long.MaxValue => (long)number,
        IntegerValue { Value: var number } when number.Sign > 0 && number <= ulong.MaxValue => (ulong)number,
        IntegerValue => throw RefusalException.JsonNumber("JSON number out of range"),
        FloatValue number => number.Value,
        TextValue text => text.Value,
        ListValue list => list.Items.Select(From).ToList(),
        SetValue set => set.Items.Select(From).ToList(),
        MappingValue mapping => mapping.Entries.ToDictionary(entry => entry.Key, entry => From(entry.Value), StringComparer.Ordinal),
        _ => throw RefusalException.Type($"unsupported type {value.TypeName}"),
    };
}
