using System.Collections;
using System.Runtime.CompilerServices;
using Metrana.Native.Interop;

namespace Metrana.Native;

/// <summary>
/// Labels that tell series of one metric and scale apart, made once and kept: their UTF-8 is made here, so that a log
/// call has nothing left to convert. They never change, and any number of threads may use them. For labels written in the call
/// itself see <see cref="LabelSpan"/>.
/// </summary>
[CollectionBuilder(typeof(Labels), nameof(Of))]
public sealed class Labels : IReadOnlyList<KeyValuePair<string, string>>
{
    private readonly KeyValuePair<string, string>[] _pairs;

    /// <summary>The labels of a dictionary, or any other pairs. If a key occurs twice, its last value counts.</summary>
    /// <param name="pairs">Keys and values.</param>
    /// <exception cref="ArgumentNullException">There are no pairs, or one of them has no key or no value.</exception>
    /// <exception cref="ArgumentException">A key or a value is not text: it has half a surrogate pair.</exception>
    public Labels(IEnumerable<KeyValuePair<string, string>> pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        _pairs = [.. pairs];
        Block = new LabelBlock(_pairs);
        Hash = KnownNames.Hash(this);
    }

    /// <summary>The labels listed. If a key occurs twice, its last value counts.</summary>
    /// <param name="pairs">Keys and values.</param>
    /// <exception cref="ArgumentNullException">There are no pairs, or one of them has no key or no value.</exception>
    /// <exception cref="ArgumentException">A key or a value is not text: it has half a surrogate pair.</exception>
    public Labels(params (string Key, string Value)[] pairs)
        : this((pairs ?? throw new ArgumentNullException(nameof(pairs))).Select(pair => KeyValuePair.Create(pair.Key, pair.Value)))
    {
    }

    /// <summary>No labels.</summary>
    public static Labels None { get; } = new();

    /// <summary>How many there are.</summary>
    public int Count => _pairs.Length;

    /// <summary>The labels listed: what makes <c>Labels labels = [("policy", "greedy")]</c> fit.</summary>
    /// <param name="pairs">Keys and values.</param>
    public static Labels Of(ReadOnlySpan<(string Key, string Value)> pairs) => pairs.IsEmpty ? None : new Labels(pairs.ToArray());

    /// <summary>These labels and one more. They themselves stay as they are. Of a key that is there already the new value counts.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">Its value.</param>
    /// <exception cref="ArgumentNullException">The key or the value is null.</exception>
    /// <exception cref="ArgumentException">The key or the value is not text: it has half a surrogate pair.</exception>
    public Labels With(string key, string value) =>
        new([.. _pairs.Where(pair => pair.Key != key), KeyValuePair.Create(key, value)]);

    /// <summary>What they are found by.</summary>
    internal int Hash { get; }

    /// <summary>The form that crosses to the native side.</summary>
    internal LabelBlock Block { get; }

    /// <summary>The label at a place, in the order they were given in.</summary>
    /// <param name="index">The place, from 0.</param>
    public KeyValuePair<string, string> this[int index] => _pairs[index];

    /// <summary>Goes through the labels, in the order they were given in.</summary>
    public IEnumerator<(string Key, string Value)> GetEnumerator() => _pairs.Select(pair => (pair.Key, pair.Value)).GetEnumerator();

    IEnumerator<KeyValuePair<string, string>> IEnumerable<KeyValuePair<string, string>>.GetEnumerator() => _pairs.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _pairs.GetEnumerator();

    /// <summary><c>{key=value, key=value}</c>.</summary>
    public override string ToString() => $"{{{string.Join(", ", _pairs.Select(pair => $"{pair.Key}={pair.Value}"))}}}";
}
