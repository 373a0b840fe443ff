using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Metrana.Native.Interop;

namespace Metrana.Attributes;

/// <summary>Takes objects, dictionaries and lists apart into paths and plain values, which is all that an attribute can be.</summary>
internal sealed class AttributeLeaves
{
    private readonly Dictionary<string, object?> _leaves = [];
    private readonly string _prefix;
    private readonly JsonSerializerOptions? _contracts;
    private readonly bool _isConfig;

    private AttributeLeaves(string prefix, JsonSerializerOptions? contracts, bool isConfig) =>
        (_prefix, _contracts, _isConfig) = (prefix, contracts, isConfig);

    /// <summary>The leaves of a value.</summary>
    /// <param name="prefix">Where they are going to lie, for messages.</param>
    /// <param name="value">The value.</param>
    /// <param name="contracts">Where the properties of objects are known from; null asks for them by reflection, where that is allowed.</param>
    /// <exception cref="ArgumentException">Something in it cannot be an attribute; the message says what and where.</exception>
    public static IReadOnlyDictionary<string, object?> Of(string prefix, object? value, JsonSerializerOptions? contracts = null) =>
        new AttributeLeaves(prefix, contracts, isConfig: false).Take(value);

    /// <summary>The same of a configuration, in which NaN and the infinities are paths without a value.</summary>
    /// <inheritdoc cref="Of(string, object, JsonSerializerOptions)"/>
    public static IReadOnlyDictionary<string, object?> OfConfig(string prefix, object? value, JsonSerializerOptions? contracts = null) =>
        new AttributeLeaves(prefix, contracts, isConfig: true).Take(value);

    private static string Join(string path, string key) => path.Length == 0 ? key : $"{path}/{key}";

    private Dictionary<string, object?> Take(object? value)
    {
        Add("", value, 0);
        return _leaves;
    }

    private void Add(string path, object? value, int depth)
    {
        if (depth > AttributeTree.MostDepth)
        {
            throw Refusal(path, $"values are nested more than {AttributeTree.MostDepth} deep here (does one contain itself?)");
        }

        switch (value)
        {
            case null or string or bool or DateTime or DateTimeOffset or DateOnly:
            case int or long or short or sbyte or byte or ushort or uint or ulong or decimal:
                _leaves[path] = value;
                break;
            case double or float or Half:
                AddNumber(path, Convert.ToDouble(value is Half half ? (double)half : value, CultureInfo.InvariantCulture));
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
                throw Refusal(path, "an array of several dimensions cannot be an attribute. Convert it to an array of arrays.");
            case IEnumerable list:
                AddList(path, list, depth);
                break;
            case ITuple tuple:
                for (int i = 0; i < tuple.Length; i++)
                {
                    Add(Join(path, i.ToString(CultureInfo.InvariantCulture)), tuple[i], depth + 1);
                }

                break;
            default:
                AddProperties(path, value, depth);
                break;
        }
    }

    private void AddProperties(string path, object value, int depth)
    {
        ObjectForm form = ObjectForm.Of(value, _contracts);
        if (form.Refusal is { } why)
        {
            throw Refusal(path, why);
        }

        if (form.Properties is not { } properties)
        {
            Add(path, form.Json, depth);
            return;
        }

        foreach (ObjectForm.Property property in properties)
        {
            string inner = Join(path, property.Name);
            if (property.Read(value, out object? held, out bool written) is { } problem)
            {
                throw Refusal(inner, problem);
            }

            if (written)
            {
                Add(inner, held, depth + 1);
            }
        }
    }

    /// <summary>What JSON has no form for is no value of an attribute.</summary>
    private void AddNumber(string path, double value)
    {
        if (double.IsFinite(value))
        {
            _leaves[path] = value;
        }
        else if (_isConfig)
        {
            _leaves[path] = null;
        }
        else
        {
            string text = value.ToString(CultureInfo.InvariantCulture);
            throw Refusal(path, $"{text} cannot be an attribute, which must be finite. Leave it out, or write it as text.");
        }
    }

    private void AddList(string path, IEnumerable list, int depth)
    {
        int at = 0;
        foreach (object? item in list)
        {
            // A dictionary that is not IDictionary comes as a list of pairs.
            if (item is not null && ObjectForm.IsPair(item.GetType()))
            {
                throw Refusal(path, ObjectForm.NoAttribute(item));
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
                if (json.TryGetInt64(out long whole))
                {
                    _leaves[path] = whole;
                }
                else
                {
                    AddNumber(path, json.GetDouble());
                }

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
        _ => throw Refusal(path, $"a key is {ObjectForm.Described(key)}; attribute keys must be strings."),
    };

    private ArgumentException Refusal(string path, string why) =>
        new($"invalid attribute '{Join(_prefix, path).TrimEnd('/')}': {why}");
}
