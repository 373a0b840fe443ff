using System.ComponentModel;
using System.Globalization;
using System.Runtime.CompilerServices;
using Metrana.Native.Interop;

namespace Metrana.Native;

/// <summary>
/// The labels of one call: <see cref="Labels"/> created in advance, or a collection expression of pairs such as
/// <c>[("gpu", "0"), ("layer", "3")]</c>; neither allocates. Other forms convert, and say so.
/// </summary>
[CollectionBuilder(typeof(LabelSpan), nameof(Of))]
public readonly ref struct LabelSpan
{
    private readonly ReadOnlySpan<(string Key, string Value)> _pairs;
    private readonly Labels? _kept;

    private LabelSpan(ReadOnlySpan<(string Key, string Value)> pairs) => _pairs = pairs;

    private LabelSpan(Labels? kept) => _kept = kept;

    /// <summary>The number of labels.</summary>
    public int Count => _kept is null ? _pairs.Length : _kept.Count;

    /// <summary>Labels made in advance; null when the labels are in <see cref="Pairs"/>.</summary>
    internal Labels? Kept => _kept;

    /// <summary>Its form that crosses to the native side.</summary>
    internal LabelBlock? Block => _kept?.Block;

    /// <summary>The labels written in the call.</summary>
    internal ReadOnlySpan<(string Key, string Value)> Pairs => _pairs;

    /// <summary>Labels created in advance; null means none.</summary>
    /// <param name="labels">The labels.</param>
    public static implicit operator LabelSpan(Labels? labels) => new(labels);

    /// <summary>Labels from pairs.</summary>
    /// <param name="pairs">Keys and values.</param>
    public static implicit operator LabelSpan(ReadOnlySpan<(string Key, string Value)> pairs) => new(pairs);

    /// <summary>Labels from pairs.</summary>
    /// <param name="pairs">Keys and values.</param>
    public static implicit operator LabelSpan((string Key, string Value)[]? pairs) => new(pairs.AsSpan());

    /// <summary>One label. The pair is copied in each call; where that matters, create <see cref="Labels"/> once.</summary>
    /// <param name="pair">The key and its value.</param>
    public static implicit operator LabelSpan((string Key, string Value) pair) => new(new[] { pair });

    /// <summary>One label whose value is an integer, such as <c>("seed", 7)</c>. It is converted to text in each call.</summary>
    /// <param name="pair">The key and its value.</param>
    public static implicit operator LabelSpan((string Key, long Value) pair) =>
        new(new[] { (pair.Key, pair.Value.ToString(CultureInfo.InvariantCulture)) });

    /// <summary>Labels from a dictionary, which is converted in each call; where that matters, create <see cref="Labels"/> once.</summary>
    /// <param name="labels">Keys and values; null means no labels.</param>
    public static implicit operator LabelSpan(Dictionary<string, string>? labels) => new(labels is null ? null : new Labels(labels));

    /// <summary>Labels from pairs. If a key occurs twice, the last value is used.</summary>
    /// <param name="pairs">Keys and values.</param>
    public static LabelSpan Of(ReadOnlySpan<(string Key, string Value)> pairs) => new(pairs);

    /// <summary>The labels, to be kept.</summary>
    internal Labels ToLabels()
    {
        if (_kept is not null)
        {
            return _kept;
        }

        KeyValuePair<string, string>[] pairs = new KeyValuePair<string, string>[_pairs.Length];
        for (int i = 0; i < pairs.Length; i++)
        {
            pairs[i] = KeyValuePair.Create(_pairs[i].Key, _pairs[i].Value);
        }

        return pairs.Length == 0 ? Labels.None : new Labels(pairs);
    }

    /// <summary>Returns an enumerator over the labels. Collection expressions require it.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public Enumerator GetEnumerator() => new(this);

    /// <summary>Enumerates the labels of a call.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public ref struct Enumerator
    {
        private readonly LabelSpan _labels;
        private int _index;

        internal Enumerator(LabelSpan labels)
        {
            _labels = labels;
            _index = -1;
        }

        /// <summary>The label at the current position.</summary>
        public readonly (string Key, string Value) Current =>
            _labels._kept is { } kept ? (kept[_index].Key, kept[_index].Value) : _labels._pairs[_index];

        /// <summary>Advances to the next label.</summary>
        public bool MoveNext() => ++_index < _labels.Count;
    }
}
