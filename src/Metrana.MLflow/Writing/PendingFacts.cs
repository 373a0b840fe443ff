using Metrana.MLflow.Api;

namespace Metrana.MLflow.Writing;

/// <summary>
/// Parameters and tags that the server does not have yet. They are logged once and few, and so they wait for the server longer than
/// a value does.
/// </summary>
internal sealed class PendingFacts
{
    private readonly Dictionary<string, string> _known = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _params = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string?> _tags = new(StringComparer.Ordinal);

    public bool Any => _params.Count + _tags.Count > 0;

    public int Count => _params.Count + _tags.Count;

    public IReadOnlyList<KeyAndValue> Params => [.. _params.Select(pair => new KeyAndValue(pair.Key, pair.Value))];

    /// <summary>The tags; null in place of a value: it is to be deleted.</summary>
    public IReadOnlyList<KeyValuePair<string, string?>> Tags => [.. _tags];

    /// <summary>A parameter keeps its first value, as MLflow demands; a later one becomes a tag of the same name.</summary>
    public void AddParam(string key, string value)
    {
        if (_known.TryAdd(key, value))
        {
            _params[key] = value;
        }
        else if (_known[key] != value)
        {
            SetTag(key, value);
        }
    }

    public void SetTag(string key, string value) => _tags[key] = value;

    public void DeleteTag(string key) => _tags[key] = null;

    /// <summary>The server has it, or refused it for good.</summary>
    public void RemoveParam(string key) => _params.Remove(key);

    /// <summary>The server has it, or refused it for good.</summary>
    public void RemoveTag(string key) => _tags.Remove(key);

    public void Clear()
    {
        _params.Clear();
        _tags.Clear();
    }
}
