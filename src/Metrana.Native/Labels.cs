using System.Collections;
using System.Runtime.CompilerServices;
using Metrana.Native.Interop;

namespace Metrana.Native;

/// <summary>
/// Reusable labels that distinguish series with the same metric and scale. They are converted to UTF-8 once, so that log calls need
/// no conversion. Instances are immutable and thread-safe. For labels written directly in a call, see
/// <see cref="LabelSpan"/>.
/// </summary>
[CollectionBuilder(typeof(Labels), nameof(Of))]
public sealed class Labels : IReadOnlyList<KeyValuePair<string, string>>
{
    private readonly KeyValuePair<string, string>[] _pairs;

    /// <summary>Creates labels from a dictionary or any other pairs. If a key occurs twice, the last value is used.</summary>
    /// <param name="pairs">Keys and values.</param>
    /// <exception cref="ArgumentNullException">The pairs are null, or one of them has a null key or value.</exception>
    /// <exception cref="ArgumentException">A key or a value is not valid text: it contains half a surrogate pair.</exception>
    public Labels(IEnumerable<KeyValuePair<string, string>> pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        _pairs = [.. pairs];
        Block = new LabelBlock(_pairs);
        Hash = KnownNames.Hash(this);
    }

    /// <summary>Creates labels from pairs. If a key occurs twice, the last value is used.</summary>
    /// <param name="pairs">Keys and values.</param>
    /// <exception cref="ArgumentNullException">The pairs are null, or one of them has a null key or value.</exception>
    /// <exception cref="ArgumentException">A key or a value is not valid text: it contains half a surrogate pair.</exception>
    public Labels(params (string Key, string Value)[] pairs)
        : this((pairs ?? throw new ArgumentNullException(nameof(pairs))).Select(pair => KeyValuePair.Create(pair.Key, pair.Value)))
    {
    }

    /// <summary>No labels.</summary>
    public static Labels None { get; } = new();

    /// <summary>The number of labels.</summary>
    public int Count => _pairs.Length;

    /// <summary>Creates labels from pairs. Enables <c>Labels labels = [("policy", "greedy")]</c>.</summary>
    /// <param name="pairs">Keys and values.</param>
    public static Labels Of(ReadOnlySpan<(string Key, string Value)> pairs) => pairs.IsEmpty ? None : new Labels(pairs.ToArray());

    /// <summary>Returns a copy of these labels with one more. If the key exists already, the new value replaces the old one.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">Its value.</param>
    /// <exception cref="ArgumentNullException">The key or the value is null.</exception>
    /// <exception cref="ArgumentException">The key or the value is not valid text: it contains half a surrogate pair.</exception>
    public Labels With(string key, string value) =>
        new([.. _pairs.Where(pair => pair.Key != key), KeyValuePair.Create(key, value)]);

    /// <summary>What they are found by.</summary>
    internal int Hash { get; }

    /// <summary>The form that crosses to the native side.</summary>
    internal LabelBlock Block { get; }

    /// <summary>The label at an index, in the order in which the labels were given.</summary>
    /// <param name="index">The zero-based index.</param>
    public KeyValuePair<string, string> this[int index] => _pairs[index];

    /// <summary>Returns an enumerator over the labels, in the order in which they were given.</summary>
    public IEnumerator<(string Key, string Value)> GetEnumerator() => _pairs.Select(pair => (pair.Key, pair.Value)).GetEnumerator();

    IEnumerator<KeyValuePair<string, string>> IEnumerable<KeyValuePair<string, string>>.GetEnumerator() => _pairs.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _pairs.GetEnumerator();

    /// <summary>Returns the labels as <c>{key=value, key=value}</c>.</summary>
    public override string ToString() => $"{{{string.Join(", ", _pairs.Select(pair => $"{pair.Key}={pair.Value}"))}}}";
}
