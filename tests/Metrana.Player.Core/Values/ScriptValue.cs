using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace Metrana.Player.Values;

/// <summary>An argument as a script writes it, with the distinctions that the published client makes.</summary>
public abstract record ScriptValue
{
    private protected ScriptValue()
    {
    }

    /// <summary>What it is, for the text of a refusal.</summary>
    public abstract string TypeName { get; }
}

/// <summary>Nothing.</summary>
public sealed record NoneValue : ScriptValue
{
    /// <inheritdoc />
    public override string TypeName => "NoneType";
}

/// <summary>True or false.</summary>
public sealed record BoolValue(bool Value) : ScriptValue
{
    /// <inheritdoc />
    public override string TypeName => "bool";
}

/// <summary>An integer, of any size.</summary>
public sealed record IntegerValue(BigInteger Value) : ScriptValue
{
    /// <inheritdoc />
    public override string TypeName => "int";
}

/// <summary>A floating-point number.</summary>
public sealed record FloatValue(double Value) : ScriptValue
{
    /// <inheritdoc />
    public override string TypeName => "float";
}

/// <summary>Text; it may hold half a surrogate pair, which no API can send.</summary>
public sealed record TextValue(string Value) : ScriptValue
{
    /// <inheritdoc />
    public override string TypeName => "str";
}

/// <summary>A list or a tuple.</summary>
public sealed record ListValue(IReadOnlyList<ScriptValue> Items, bool IsTuple) : ScriptValue
{
    /// <inheritdoc />
    public override string TypeName => IsTuple ? "tuple" : "list";
}

/// <summary>A set, in the order in which it was gone through. Only golden vectors have one.</summary>
public sealed record SetValue(IReadOnlyList<ScriptValue> Items) : ScriptValue
{
    /// <inheritdoc />
    public override string TypeName => "set";
}

/// <summary>A date with its time. Only golden vectors have one.</summary>
public sealed record DateValue(string Iso) : ScriptValue
{
    /// <inheritdoc />
    public override string TypeName => "datetime";
}

/// <summary>A mapping in its written order; of a key that comes twice the last value counts.</summary>
public sealed record MappingValue(IReadOnlyList<KeyValuePair<string, ScriptValue>> Entries) : ScriptValue
{
    /// <inheritdoc />
    public override string TypeName => "dict";
}

/// <summary>A typed array.</summary>
/// <param name="Type">What its elements are.</param>
/// <param name="Shape">Its dimensions; none for a single element.</param>
/// <param name="Elements">Its elements as written, row by row.</param>
public sealed record ArrayValue(ElementType Type, IReadOnlyList<int> Shape, IReadOnlyList<ScriptValue> Elements) : ScriptValue
{
    /// <inheritdoc />
    public override string TypeName => "ndarray";
}

/// <summary>What the elements of an array are.</summary>
[SuppressMessage("Naming", "CA1720", Justification = "These are the format's own names.")]
public enum ElementType
{
    /// <summary>64-bit floating point.</summary>
    Float64,

    /// <summary>32-bit floating point.</summary>
    Float32,

    /// <summary>64-bit integers.</summary>
    Int64,
}
