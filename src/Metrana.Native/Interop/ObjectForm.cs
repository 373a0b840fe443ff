using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Metrana.Native.Interop;

/// <summary>
/// What a record, an anonymous object or a class is as attributes: its properties, the JSON that a converter of its own makes of
/// it, or nothing. The logger and the client of runs have this one set of rules, which is that of System.Text.Json.
/// </summary>
internal readonly struct ObjectForm
{
    private static readonly ConcurrentDictionary<Type, Property[]> _byReflection = new();
    private static readonly ConditionalWeakTable<JsonTypeInfo, Property[]> _byContract = [];

    private ObjectForm(Property[]? properties, JsonElement json, string? refusal) =>
        (Properties, Json, Refusal) = (properties, json, refusal);

    /// <summary>What it consists of; null where it is <see cref="Json"/>.</summary>
    public Property[]? Properties { get; }

    public JsonElement Json { get; }

    /// <summary>Why it cannot be an attribute; null if it can.</summary>
    public string? Refusal { get; }

    /// <param name="value">The object.</param>
    /// <param name="contracts">Where its properties are known from; null asks for them by reflection, where that is allowed.</param>
    public static ObjectForm Of(object value, JsonSerializerOptions? contracts)
    {
        Type type = value.GetType();
        return contracts is not null ? ByContract(value, type, contracts)
            : HasNoForm(type) ? new(null, default, NoAttribute(value))
            : !JsonSerializer.IsReflectionEnabledByDefault ? new(
                null,
                default,
                $"{Described(value)} has to be read by reflection, which this program was published without. "
                    + "Pass its JsonTypeInfo, as in LogConfig(value, MyJson.Default.Settings), or a dictionary.")
            : new(PropertiesOf(type), default, null);
    }

    /// <summary>Says of a value that it is of no kind that an attribute can be.</summary>
    public static string NoAttribute(object value) =>
        $"{Described(value)} cannot be an attribute. "
            + (IsPair(value.GetType())
                ? "Put the pairs into a dictionary with string keys."
                : "Attributes are texts, numbers, booleans, dates, enums and null, records and objects of such properties, and "
                    + "dictionaries, lists and sets of them. Convert it to text or to a number.");

    public static string Described(object value)
    {
        Type type = value.GetType();
        return type.Name.Contains("AnonymousType", StringComparison.Ordinal) ? "an anonymous object" : $"a value of type {type}";
    }

    private static ObjectForm ByContract(object value, Type type, JsonSerializerOptions contracts)
    {
        if (!contracts.TryGetTypeInfo(type, out JsonTypeInfo? contract))
        {
            return new(
                null,
                default,
                $"there is no JsonTypeInfo for {Described(value)}. Add [JsonSerializable(typeof({type.Name}))] to the context.");
        }

        if (contract.Kind == JsonTypeInfoKind.Object)
        {
            return new(_byContract.GetValue(contract, static contract => [.. PropertiesOf(contract)]), default, null);
        }

        try
        {
            // It has a converter of its own, and is what that makes of it.
            return new(null, JsonSerializer.SerializeToElement(value, contract), null);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return new(null, default, $"the converter of {Described(value)} threw: {e.Message}");
        }
    }

    private static IEnumerable<Property> PropertiesOf(JsonTypeInfo contract)
    {
        foreach (JsonPropertyInfo property in contract.Properties)
        {
            if (property.Get is { } get)
            {
                yield return new Property(property.Name, get, property.ShouldSerialize);
            }
        }
    }

    [UnconditionalSuppressMessage(
        "Trimming", "IL2070", Justification = "Asked only where the program keeps what reflection needs; see Of.")]
    private static Property[] PropertiesOf(Type type) => _byReflection.GetOrAdd(type, static type =>
    [
        .. from property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
           where property.CanRead && property.GetMethod!.IsPublic && property.GetIndexParameters().Length == 0
               && !property.PropertyType.IsByRefLike
           let ignored = property.GetCustomAttribute<JsonIgnoreAttribute>()?.Condition ?? JsonIgnoreCondition.Never
           where ignored != JsonIgnoreCondition.Always
           select new Property(
               property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? property.Name,
               holder => property.GetValue(holder, BindingFlags.DoNotWrapExceptions, null, null, null),
               WrittenUnless(ignored, property.PropertyType)),
    ]);

    [UnconditionalSuppressMessage(
        "Trimming", "IL2067", Justification = "The default of a structure of which a value is at hand.")]
    private static Func<object, object?, bool>? WrittenUnless(JsonIgnoreCondition ignored, Type type)
    {
        switch (ignored)
        {
            case JsonIgnoreCondition.WhenWritingDefault when type.IsValueType && Nullable.GetUnderlyingType(type) is null:
                object nothing = RuntimeHelpers.GetUninitializedObject(type);
                return (_, held) => !nothing.Equals(held);
            case JsonIgnoreCondition.WhenWritingDefault or JsonIgnoreCondition.WhenWritingNull:
                return static (_, held) => held is not null;
            default:
                return null;
        }
    }

    /// <summary>The base library's own types that come here stand for something else than their properties.</summary>
    private static bool HasNoForm(Type type) =>
        IsPair(type) || typeof(Delegate).IsAssignableFrom(type) || typeof(MemberInfo).IsAssignableFrom(type)
        || type.Assembly == typeof(object).Assembly || type.Assembly == typeof(Uri).Assembly
        || type.Namespace?.StartsWith("System.", StringComparison.Ordinal) == true;

    /// <summary>Whether a value of this type is an entry of a dictionary.</summary>
    public static bool IsPair(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>);

    /// <summary>One property of an object.</summary>
    /// <param name="Name">What it is called as an attribute.</param>
    /// <param name="Get">Its value in an object.</param>
    /// <param name="IsWritten">Whether that value is written; null for always.</param>
    internal sealed record Property(string Name, Func<object, object?> Get, Func<object, object?, bool>? IsWritten)
    {
        /// <summary>Reads it. The answer says why it could not be.</summary>
        /// <param name="holder">The object.</param>
        /// <param name="held">What it holds.</param>
        /// <param name="written">Whether it is written.</param>
        public string? Read(object holder, out object? held, out bool written)
        {
            try
            {
                held = Get(holder);
                written = IsWritten?.Invoke(holder, held) ?? true;
                return null;
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                (held, written) = (null, false);
                return $"the property threw {e.GetType().Name}: {e.Message}";
            }
        }
    }
}
