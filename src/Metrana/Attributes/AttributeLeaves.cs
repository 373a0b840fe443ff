using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Metrana.Attributes;

/// <summary>Takes objects, dictionaries and lists apart into paths and plain values, which is all that an attribute can be.</summary>
internal sealed class AttributeLeaves
{
    /// <summary>Deeper than any configuration that is no circle.</summary>
    private const int MostDepth = 64;

    private readonly Dictionary<string, object?> _leaves = [];
    private readonly string _prefix;
    private readonly Func<AttributeLeaves, object, string, int, bool>? _objects;

    private AttributeLeaves(string prefix, Func<AttributeLeaves, object, string, int, bool>? objects)
    {
        _prefix = prefix;
        _objects = objects;
    }

    /// <summary>The leaves of a value without objects: dictionaries, lists and plain values.</summary>
    /// <param name="prefix">Where they are going to lie, for messages.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="ArgumentException">Something in it cannot be an attribute.</exception>
    public static IReadOnlyDictionary<string, object?> Of(string prefix, object? value)
    {
        AttributeLeaves leaves = new(prefix, null);
        leaves.Add("", value, 0);
        return leaves._leaves;
    }

    /// <summary>The leaves of any value; the properties of objects are read by reflection.</summary>
    /// <inheritdoc cref="Of(string, object)"/>
    [RequiresUnreferencedCode("The properties of objects are read by reflection.")]
    public static IReadOnlyDictionary<string, object?> OfObject(string prefix, object? value)
    {
        AttributeLeaves leaves = new(prefix, AddProperties);
        leaves.Add("", value, 0);
        return leaves._leaves;
    }

    [RequiresUnreferencedCode("The properties of objects are read by reflection.")]
    private static bool AddProperties(AttributeLeaves leaves, object value, string path, int depth)
    {
        bool any = false;
        foreach (PropertyInfo property in value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.CanRead && property.GetIndexParameters().Length == 0)
            {
                any = true;
                leaves.Add(Join(path, property.Name), property.GetValue(value), depth + 1);
            }
        }

        return any;
    }

    private static string Join(string path, string key) => path.Length == 0 ? key : $"{path}/{key}";

    private void Add(string path, object? value, int depth)
    {
        if (depth > MostDepth)
        {
            throw Refusal(path[..path.IndexOf('/', StringComparison.Ordinal)], "contains itself, or is nested too deeply.");
        }

        switch (value)
        {
            case null or string or bool or DateTime or DateTimeOffset or DateOnly:
            case int or long or short or sbyte or byte or ushort or uint or ulong or decimal:
                _leaves[path] = value;
                break;
            case double or float or Half:
                _leaves[path] = Convert.ToDouble(value is Half half ? (double)half : value, CultureInfo.InvariantCulture);
                break;
            case Enum or Guid or Uri or char or Version or Type or System.Text.Rune:
                _leaves[path] = value.ToString();
                break;
            case TimeSpan duration:
                _leaves[path] = duration.ToString("c", CultureInfo.InvariantCulture);
                break;
            case TimeOnly time:
                _leaves[path] = time.ToString("O", CultureInfo.InvariantCulture);
                break;
            case FileSystemInfo file:
                _leaves[path] = file.FullName;
                break;
            case CultureInfo culture:
                _leaves[path] = culture.Name;
                break;
            case JsonElement json:
                Add(path, json, depth);
                break;
            case System.Text.Json.Nodes.JsonNode node:
                using (JsonDocument document = JsonDocument.Parse(node.ToJsonString()))
                {
                    Add(path, document.RootElement, depth);
                }

                break;
            default:
                AddTree(path, value, depth);
                break;
        }
    }

    private void AddTree(string path, object value, int depth)
    {
        switch (value)
        {
            case IDictionary map:
                foreach (DictionaryEntry entry in map)
                {
                    Add(Join(path, Key(path, entry.Key)), entry.Value, depth + 1);
                }

                break;
            case IEnumerable<KeyValuePair<string, object?>> map:
                foreach ((string key, object? inner) in map)
                {
                    Add(Join(path, key), inner, depth + 1);
                }

                break;
            case Array { Rank: > 1 }:
                throw Refusal(path, "is an array of several dimensions. Convert it to an array of arrays.");
            case IEnumerable list:
                AddList(path, list, depth);
                break;
            case ITuple tuple:
                for (int i = 0; i < tuple.Length; i++)
                {
                    Add(Join(path, i.ToString(CultureInfo.InvariantCulture)), tuple[i], depth + 1);
                }

                break;
            case Delegate or Stream or Task or Pointer:
                throw Refusal(path, $"is a {value.GetType().Name}, which is not a value.");
            default:
                if (_objects is null)
                {
                    throw Refusal(path, $"is a {value.GetType().Name}. Only numbers, texts, booleans, dates, lists and dictionaries are allowed here.");
                }

                if (!_objects(this, value, path, depth))
                {
                    throw Refusal(path, $"is a {value.GetType().Name}, which has no properties to write. Convert it to text.");
                }

                break;
        }
    }

    private void AddList(string path, IEnumerable list, int depth)
    {
        int at = 0;
        foreach (object? item in list)
        {
            // A dictionary that is not IDictionary comes as a list of pairs.
            if (item is not null && item.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>))
            {
                throw Refusal(path, $"is a {list.GetType().Name}. Make a Dictionary<string, object?> of it.");
            }

            Add(Join(path, at.ToString(CultureInfo.InvariantCulture)), item, depth + 1);
            at++;
        }
    }

    private void Add(string path, JsonElement json, int depth)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (JsonProperty property in json.EnumerateObject())
                {
                    Add(Join(path, property.Name), property.Value, depth + 1);
                }

                break;
            case JsonValueKind.Array:
                int at = 0;
                foreach (JsonElement item in json.EnumerateArray())
                {
                    Add(Join(path, at.ToString(CultureInfo.InvariantCulture)), item, depth + 1);
                    at++;
                }

                break;
            case JsonValueKind.String:
                _leaves[path] = json.GetString();
                break;
            case JsonValueKind.Number:
                _leaves[path] = json.TryGetInt64(out long whole) ? whole : json.GetDouble();
                break;
            case JsonValueKind.True or JsonValueKind.False:
                _leaves[path] = json.GetBoolean();
                break;
            default:
                _leaves[path] = null;
                break;
        }
    }

    private string Key(string path, object key) => key switch
    {
        string text => text,
        Enum or Guid => key.ToString()!,
        IFormattable number when key is int or long => number.ToString(null, CultureInfo.InvariantCulture),
        _ => throw Refusal(path, $"has a key that is a {key.GetType().Name}. Keys are texts."),
    };

    private ArgumentException Refusal(string path, string why) =>
        new($"'{Join(_prefix, path).TrimEnd('/')}' cannot be an attribute: it {why} Nothing was written.");
}
