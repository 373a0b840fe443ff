using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Metrana.Native;

/// <summary>
/// When the points of one call were measured, in milliseconds since 1970. The default is the time of the call.
/// </summary>
[CollectionBuilder(typeof(Timestamps), nameof(Each))]
public readonly ref struct Timestamps
{
    private Timestamps(TimestampsKind kind, long millis, ReadOnlySpan<long> values)
    {
        Kind = kind;
        Millis = millis;
        Values = values;
    }

    /// <summary>The time of the call, for all its points.</summary>
    public static Timestamps Now => default;

    internal TimestampsKind Kind { get; }

    internal long Millis { get; }

    internal ReadOnlySpan<long> Values { get; }

    /// <summary>One moment for all the points, to the millisecond.</summary>
    /// <param name="moment">The moment.</param>
    public static implicit operator Timestamps(DateTimeOffset moment) => At(moment);

    /// <summary>One moment for all the points, to the millisecond; a <see cref="DateTime"/> of unspecified kind counts as UTC.</summary>
    /// <param name="moment">The moment.</param>
    public static implicit operator Timestamps(DateTime moment) => At(
        moment.Kind == DateTimeKind.Unspecified ? new DateTimeOffset(moment, TimeSpan.Zero) : new DateTimeOffset(moment));

    /// <summary>One moment for all the points.</summary>
    /// <param name="millis">Milliseconds since 1970, in UTC; negative for earlier moments.</param>
    public static implicit operator Timestamps(long millis) => At(millis);

    /// <summary>One timestamp for each value. The timestamps are converted in each call.</summary>
    /// <param name="moments">The moments, to the millisecond.</param>
    public static implicit operator Timestamps(ReadOnlySpan<DateTimeOffset> moments) => Each(WideColumn.Of(moments));

    /// <summary>One timestamp for each value. The timestamps are converted in each call.</summary>
    /// <param name="moments">The moments, to the millisecond.</param>
    public static implicit operator Timestamps(DateTimeOffset[] moments)
    {
        ArgumentNullException.ThrowIfNull(moments);
        return Each(WideColumn.Of(moments));
    }

    /// <summary>One timestamp for each value.</summary>
    /// <param name="millis">Milliseconds since 1970, as many as there are values.</param>
    public static implicit operator Timestamps(Span<long> millis) => Each(millis);

    /// <summary>One timestamp for each value.</summary>
    /// <param name="millis">Milliseconds since 1970, as many as there are values.</param>
    public static implicit operator Timestamps(ReadOnlySpan<long> millis) => Each(millis);

    /// <summary>One timestamp for each value.</summary>
    /// <param name="millis">Milliseconds since 1970, as many as there are values.</param>
    public static implicit operator Timestamps(long[] millis)
    {
        ArgumentNullException.ThrowIfNull(millis);
        return Each(millis);
    }

    /// <summary>One moment for all the points.</summary>
    /// <param name="millis">Milliseconds since 1970, in UTC; negative for earlier moments.</param>
    public static Timestamps At(long millis) => new(TimestampsKind.At, millis, default);

    /// <summary>One moment for all the points, to the millisecond.</summary>
    /// <param name="moment">The moment.</param>
    public static Timestamps At(DateTimeOffset moment) => At(moment.ToUnixTimeMilliseconds());

    /// <summary>One timestamp for each value.</summary>
    /// <param name="millis">Milliseconds since 1970, as many as there are values.</param>
    public static Timestamps Each(ReadOnlySpan<long> millis) => new(TimestampsKind.Each, 0, millis);

    /// <summary>Returns an enumerator over the timestamps that were given individually. Collection expressions require it.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public ReadOnlySpan<long>.Enumerator GetEnumerator() => Values.GetEnumerator();
}

/// <summary>Where timestamps come from; the numbers are the native ones.</summary>
internal enum TimestampsKind
{
    Now = 0,
    At = 1,
    Each = 2,
}
