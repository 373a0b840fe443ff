using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Metrana.Native.Interop;

// Records, anonymous objects and classes: a map of their public properties.
internal sealed partial class AttributeTree
{
    private static readonly ConcurrentDictionary<Type, PropertyInfo[]> _properties = new();

    private void WriteProperties(object value)
    {
        Type type = value.GetType();
        if (_contracts is { } contracts)
        {
            WriteByContract(value, type, contracts);
        }
        else if (HasNoForm(type))
        {
            throw NoAttribute(value);
        }
        else if (!JsonSerializer.IsReflectionEnabledByDefault)
        {
            throw Refusal(
                $"{Described(value)} has to be read by reflection, which this program was published without. "
                    + "Pass its JsonTypeInfo, as in LogConfig(value, MyJson.Default.Settings), or a dictionary.");
        }
        else
        {
            WriteByReflection(value, type);
        }
    }

    /// <summary>The base library's own types that come here stand for something else than their properties.</summary>
    private static bool HasNoForm(Type type) =>
        IsPair(type) || typeof(Delegate).IsAssignableFrom(type) || typeof(MemberInfo).IsAssignableFrom(type)
        || (type.Assembly == typeof(object).Assembly || type.Assembly == typeof(Uri).Assembly
            || type.Namespace?.StartsWith("System.", StringComparison.Ordinal) == true);

    [UnconditionalSuppressMessage(
        "Trimming", "IL2070", Justification = "Asked only where the program keeps what reflection needs; see WriteProperties.")]
    private static PropertyInfo[] PropertiesOf(Type type) => _properties.GetOrAdd(type, static type =>
    [
        .. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property =>
            property.CanRead && property.GetMethod!.IsPublic && property.GetIndexParameters().Length == 0
            && !property.PropertyType.IsByRefLike && property.GetCustomAttribute<JsonIgnoreAttribute>() is null),
    ]);

    private void WriteByReflection(object value, Type type)
    {
        int place = Begin(Node.Map);
        PropertyInfo[] properties = PropertiesOf(type);
        foreach (PropertyInfo property in properties)
        {
            string name = property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? property.Name;
            _path[_depth - 1] = (name, 0);
            object? held;
            try
            {
                held = property.GetValue(value);
            }
            catch (TargetInvocationException e)
            {
                throw Refusal($"the property threw: {e.InnerException?.Message}");
            }

            WriteText(name);
            Write(held);
        }

        End(place, properties.Length);
    }

    private void WriteByContract(object value, Type type, JsonSerializerOptions contracts)
    {
        if (!contracts.TryGetTypeInfo(type, out JsonTypeInfo? contract))
        {
            throw Refusal($"there is no JsonTypeInfo for {Described(value)}. Add [JsonSerializable(typeof({type.Name}))] to the context.");
        }

        if (contract.Kind != JsonTypeInfoKind.Object)
        {
            // It has a converter of its own, and is what that makes of it.
            Write(JsonSerializer.SerializeToElement(value, contract));
            return;
        }

        int place = Begin(Node.Map);
        int count = 0;
        foreach (JsonPropertyInfo property in contract.Properties)
        {
            if (property.Get is { } get)
            {
                _path[_depth - 1] = (property.Name, 0);
                WriteText(property.Name);
                Write(get(value));
                count++;
            }
        }

        End(place, count);
    }
}
