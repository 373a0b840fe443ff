using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Metrana.Native;

/// <summary>The number of values in each bin of a histogram: an array, a span, or numbers written in the call, <c>[12, 30]</c>.</summary>
[CollectionBuilder(typeof(Counts), nameof(Of))]
public readonly ref struct Counts
{
    private readonly ReadOnlySpan<long> _values;
    private readonly bool _unsigned;

    private Counts(ReadOnlySpan<long> values, bool unsigned)
    {
        _values = values;
        _unsigned = unsigned;
    }

    /// <summary>The counts, which <see cref="Checked"/> looks at.</summary>
    internal ReadOnlySpan<long> Values => _values;

    /// <summary>The number of bins.</summary>
    public int Count => _values.Length;

    /// <summary>Counts in an array.</summary>
    /// <param name="counts">The counts.</param>
    public static implicit operator Counts(long[] counts) => Of(counts ?? throw new ArgumentNullException(nameof(counts)));

    /// <summary>Counts in a span.</summary>
    /// <param name="counts">The counts.</param>
    public static implicit operator Counts(ReadOnlySpan<long> counts) => Of(counts);

    /// <summary>Counts in a span.</summary>
    /// <param name="counts">The counts.</param>
    public static implicit operator Counts(Span<long> counts) => Of(counts);

    /// <summary>Counts in an array.</summary>
    /// <param name="counts">The counts.</param>
    public static implicit operator Counts(ulong[] counts) => OfUnsigned(counts ?? throw new ArgumentNullException(nameof(counts)));

    /// <summary>Counts in a span.</summary>
    /// <param name="counts">The counts.</param>
    public static implicit operator Counts(ReadOnlySpan<ulong> counts) => OfUnsigned(counts);

    /// <summary>Counts in a span.</summary>
    /// <param name="counts">The counts.</param>
    public static implicit operator Counts(Span<ulong> counts) => OfUnsigned(counts);

    /// <summary>32-bit counts, which are widened in each call.</summary>
    /// <param name="counts">The counts.</param>
    public static implicit operator Counts(int[] counts) => Of(WideColumn.Of(counts ?? throw new ArgumentNullException(nameof(counts))));

    /// <summary>32-bit counts, which are widened in each call.</summary>
    /// <param name="counts">The counts.</param>
    public static implicit operator Counts(ReadOnlySpan<int> counts) => Of(WideColumn.Of(counts));

    /// <summary>32-bit counts, which are widened in each call.</summary>
    /// <param name="counts">The counts.</param>
    public static implicit operator Counts(Span<int> counts) => Of(WideColumn.Of(counts));

    /// <summary>32-bit counts in a list, which are widened in each call.</summary>
    /// <param name="counts">The counts.</param>
    public static implicit operator Counts(List<int> counts) =>
        Of(WideColumn.Of(CollectionsMarshal.AsSpan(counts ?? throw new ArgumentNullException(nameof(counts)))));

    /// <summary>Counts in a list.</summary>
    /// <param name="counts">The counts.</param>
    public static implicit operator Counts(List<long> counts) =>
        Of(CollectionsMarshal.AsSpan(counts ?? throw new ArgumentNullException(nameof(counts))));

    /// <summary>Counts written in the call.</summary>
    /// <param name="counts">The counts.</param>
    public static Counts Of(ReadOnlySpan<long> counts) => new(counts, unsigned: false);

    /// <summary>Returns an enumerator over the counts. Collection expressions require it.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public ReadOnlySpan<long>.Enumerator GetEnumerator() => _values.GetEnumerator();

    /// <exception cref="ArgumentOutOfRangeException">A count is negative.</exception>
    internal ReadOnlySpan<ulong> Checked(string parameter)
    {
        if (!_unsigned)
        {
            Spread.ThrowIfNegative(_values, parameter, "count");
        }

        return MemoryMarshal.Cast<long, ulong>(_values);
    }

    private static Counts OfUnsigned(ReadOnlySpan<ulong> counts) => new(MemoryMarshal.Cast<ulong, long>(counts), unsigned: true);
}
