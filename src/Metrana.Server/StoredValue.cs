using System.Text.Json.Serialization;
using Metrana.Server.Http;

namespace Metrana.Server;

/// <summary>The value of an attribute. Its type indicates what was sent.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Null), "null")]
[JsonDerivedType(typeof(Flag), "bool")]
[JsonDerivedType(typeof(WholeNumber), "int")]
[JsonDerivedType(typeof(Number), "float")]
[JsonDerivedType(typeof(Text), "string")]
[JsonDerivedType(typeof(TextSet), "string_set")]
[JsonDerivedType(typeof(Timestamp), "timestamp")]
public abstract record StoredValue
{
    private StoredValue()
    {
    }

    /// <summary>The attribute exists but has no value.</summary>
    public sealed record Null : StoredValue;

    /// <summary>A Boolean value.</summary>
    /// <param name="Value">The value.</param>
    public sealed record Flag([property: JsonRequired] bool Value) : StoredValue;

    /// <summary>A whole number.</summary>
    /// <param name="Value">The number.</param>
    public sealed record WholeNumber([property: JsonRequired] long Value) : StoredValue;

    /// <summary>A number.</summary>
    /// <param name="Value">The number.</param>
    public sealed record Number([property: JsonRequired] double Value) : StoredValue;

    /// <summary>A text.</summary>
    /// <param name="Value">The text.</param>
    public sealed record Text([property: JsonRequired] string Value) : StoredValue, IJsonOnDeserialized
    {
        void IJsonOnDeserialized.OnDeserialized() => Expect.NoNull(Value);
    }

    /// <summary>A set of texts, like the tags of the run. Two sets are equal if they have the same texts in the same order.</summary>
    /// <param name="Value">The texts, each once, in the order of their first appearance.</param>
    public sealed record TextSet([property: JsonRequired] IReadOnlyList<string> Value) : StoredValue, IJsonOnDeserialized
    {
        /// <inheritdoc/>
        public bool Equals(TextSet? other) => other is not null && Value.SequenceEqual(other.Value);

        /// <inheritdoc/>
        public override int GetHashCode() => Value.Aggregate(0, HashCode.Combine);

        /// <summary>The texts, such as <c>TextSet { Value = [baseline, v2] }</c>.</summary>
        public override string ToString() => $"{nameof(TextSet)} {{ {nameof(Value)} = [{string.Join(", ", Value)}] }}";

        void IJsonOnDeserialized.OnDeserialized() => Expect.NoNullIn(Value);
    }

    /// <summary>A moment.</summary>
    /// <param name="Millis">The moment, in milliseconds since 1970.</param>
    public sealed record Timestamp([property: JsonRequired, JsonPropertyName("value_millis")] long Millis) : StoredValue;
}
