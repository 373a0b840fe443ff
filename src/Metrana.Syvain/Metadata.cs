using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Metrana.Syvain;

/// <summary>
/// Named facts: texts, numbers, booleans, dates, null, and lists and dictionaries of these. For metrics, keep them few and easy to
/// group, such as <c>split</c> or <c>device</c>: each combination is a separate line in the dashboard.
/// </summary>
/// <example><code>experiment.Metric("loss", 0.5, step, new() { ["split"] = "train" });</code></example>
public sealed class Metadata : IEnumerable<KeyValuePair<string, object?>>
{
    /// <summary>Deeper than any facts that are no circle.</summary>
    private const int MostDepth = 60;

    private static readonly byte[] _none = "{}"u8.ToArray();

    private readonly Dictionary<string, object?> _values;
    private byte[]? _encoded;

    /// <summary>Creates an empty set of facts.</summary>
    public Metadata() => _values = new(StringComparer.Ordinal);

    private Metadata(IEnumerable<KeyValuePair<string, object?>> values) => _values = new(values, StringComparer.Ordinal);

    /// <summary>The number of facts at the top level.</summary>
    public int Count => _values.Count;

    /// <summary>The value of a fact.</summary>
    /// <param name="name">The name of the fact.</param>
    public object? this[string name]
    {
        get => _values[name];
        set => (_values[name], _encoded) = (value, null);
    }

    /// <summary>Creates metadata from a dictionary, which is copied.</summary>
    /// <param name="values">The facts.</param>
    public static Metadata From(IEnumerable<KeyValuePair<string, object?>> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return new Metadata(values);
    }

    /// <summary>Creates metadata from the properties of an object, by a source-generated contract; works in trimmed programs.</summary>
    /// <param name="value">The object.</param>
    /// <param name="type">The contract of its type, such as <c>MyContext.Default.Hyperparameters</c>.</param>
    /// <typeparam name="T">The type of the object.</typeparam>
    /// <exception cref="ArgumentException">The value is not a JSON object.</exception>
    public static Metadata From<T>(T value, JsonTypeInfo<T> type)
    {
        JsonElement json = JsonSerializer.SerializeToElement(value, type);
        return json.ValueKind == JsonValueKind.Object
            ? new Metadata(json.EnumerateObject().Select(fact => KeyValuePair.Create<string, object?>(fact.Name, fact.Value)))
            : throw new ArgumentException($"Metadata is an object, and this is a JSON {json.ValueKind}.", nameof(value));
    }

    /// <inheritdoc cref="From(IEnumerable{KeyValuePair{string, object?}})"/>
    public static implicit operator Metadata(Dictionary<string, object?> values) => From(values);

    /// <summary>Adds a fact, for collection initializers.</summary>
    /// <param name="name">The name of the fact.</param>
    /// <param name="value">The value of the fact.</param>
    /// <exception cref="ArgumentException">A fact of this name exists already.</exception>
    public void Add(string name, object? value)
    {
        _values.Add(name, value);
        _encoded = null;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => _values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The facts as compact JSON.</summary>
    /// <exception cref="ArgumentException">One of them cannot be JSON; which one is in the message.</exception>
    internal static byte[] Encode(Metadata? metadata) =>
        metadata is null || (metadata.Count == 0 && metadata._encoded is null) ? _none : metadata._encoded ??= metadata.Encode();

    private byte[] Encode()
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes))
        {
            WriteTree(json, "", _values, 0);
        }

        return bytes.ToArray();
    }

    private static void WriteTree(Utf8JsonWriter json, string path, IEnumerable<KeyValuePair<string, object?>> values, int depth)
    {
        json.WriteStartObject();
        foreach ((string name, object? value) in values)
        {
            json.WritePropertyName(name);
            Write(json, path.Length == 0 ? name : $"{path}/{name}", value, depth + 1);
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string path, object? value, int depth)
    {
        if (depth > MostDepth)
        {
            throw new ArgumentException($"The metadata '{path.Split('/')[0]}' contains itself, or is nested too deeply.");
        }

        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case string text:
                json.WriteStringValue(text);
                break;
            case bool truth:
                json.WriteBooleanValue(truth);
                break;
            case sbyte or byte or short or ushort or int or uint or long:
                json.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case ulong number:
                json.WriteNumberValue(number);
                break;
            case decimal number:
                json.WriteNumberValue(number);
                break;
            case double number:
                WriteNumber(json, path, number);
                break;
            case float number:
                // As itself: 0.1f is 0.10000000149011612 as a double.
                WriteNumber(json, path, double.IsFinite(number) ? double.Parse(number.ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) : number);
                break;
            case Half number:
                WriteNumber(json, path, (double)number);
                break;
            case DateTime time:
                json.WriteStringValue(time);
                break;
            case DateTimeOffset time:
                json.WriteStringValue(time);
                break;
            case IFormattable and (DateOnly or TimeOnly):
                json.WriteStringValue(((IFormattable)value).ToString("O", CultureInfo.InvariantCulture));
                break;
            case TimeSpan duration:
                json.WriteStringValue(duration.ToString("c", CultureInfo.InvariantCulture));
                break;
            case Enum or Guid or Uri or char or Version or Type or Rune:
                json.WriteStringValue(value.ToString());
                break;
            case JsonElement element:
                element.WriteTo(json);
                break;
            case JsonNode node:
                node.WriteTo(json);
                break;
            default:
                WriteTree(json, path, value, depth);
                break;
        }
    }

    private static void WriteTree(Utf8JsonWriter json, string path, object value, int depth)
    {
        switch (value)
        {
            case IEnumerable<KeyValuePair<string, object?>> tree:
                WriteTree(json, path, tree, depth);
                break;
            case IDictionary map:
                List<KeyValuePair<string, object?>> entries = [];
                foreach (DictionaryEntry entry in map)
                {
                    entries.Add(KeyValuePair.Create(Name(path, entry.Key), entry.Value));
                }

                WriteTree(json, path, entries, depth);
                break;
            case IEnumerable list:
                json.WriteStartArray();
                int at = 0;
                foreach (object? item in list)
                {
                    Write(json, $"{path}/{at++}", item, depth + 1);
                }

                json.WriteEndArray();
                break;
            default:
                throw new ArgumentException(
                    $"The metadata '{path}' is a {value.GetType()}, which is neither a plain value nor a list or dictionary of them. Metadata.From(value, typeInfo) takes objects.");
        }
    }

    private static string Name(string path, object key) =>
        key as string ?? throw new ArgumentException($"The metadata '{path}' has a key that is a {key.GetType()} and no text.");

    private static void WriteNumber(Utf8JsonWriter json, string path, double number)
    {
        if (!double.IsFinite(number))
        {
            throw new ArgumentException(
                $"The metadata '{path}' is {number.ToString(CultureInfo.InvariantCulture)}, which JSON has no number for. Give it as a text, or leave it out.");
        }

        json.WriteRawValue(PythonNumbers.Text(number), skipInputValidation: true);
    }
}
