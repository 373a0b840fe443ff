using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Metrana.Native;

/// <summary>
/// When the points of one reinforcement-learning call were measured, in milliseconds since 1970: once for all, once for
/// each environment, or once for each value. The default is the time of the call.
/// </summary>
[CollectionBuilder(typeof(RlTimestamps), nameof(Each))]
public readonly ref struct RlTimestamps
{
    internal readonly Spread Spread;

    internal RlTimestamps(Spread spread) => Spread = spread;

    /// <summary>The time of the call, for all its points.</summary>
    public static RlTimestamps Now => default;

    /// <summary>One moment for all the points, to the millisecond.</summary>
    /// <param name="moment">The moment.</param>
    public static implicit operator RlTimestamps(DateTimeOffset moment) => At(moment);

    /// <summary>One moment for all the points, to the millisecond; a <see cref="DateTime"/> of unspecified kind counts as UTC.</summary>
    /// <param name="moment">The moment.</param>
    public static implicit operator RlTimestamps(DateTime moment) => At(
        moment.Kind == DateTimeKind.Unspecified ? new DateTimeOffset(moment, TimeSpan.Zero) : new DateTimeOffset(moment));

    /// <summary>One moment for all the points.</summary>
    /// <param name="millis">Milliseconds since 1970, in UTC; negative for earlier moments.</param>
    public static implicit operator RlTimestamps(long millis) => At(millis);

    /// <summary>The given timestamps: one for all the points, or one for each value.</summary>
    /// <param name="timestamps">The moments.</param>
    public static implicit operator RlTimestamps(Timestamps timestamps) => timestamps.Kind switch
    {
        TimestampsKind.At => At(timestamps.Millis),
        TimestampsKind.Each => Each(timestamps.Values),
        _ => default,
    };

    /// <summary>One for each environment or for each value, depending on the length. The timestamps are converted in each call.</summary>
    /// <param name="moments">The moments, to the millisecond.</param>
    public static implicit operator RlTimestamps(ReadOnlySpan<DateTimeOffset> moments) => Each(WideColumn.Of(moments));

    /// <summary>One for each environment or for each value, depending on the length. The timestamps are converted in each call.</summary>
    /// <param name="moments">The moments, to the millisecond.</param>
    public static implicit operator RlTimestamps(DateTimeOffset[] moments)
    {
        ArgumentNullException.ThrowIfNull(moments);
        return Each(WideColumn.Of(moments));
    }

    /// <summary>One for each environment or one for each value, depending on the length.</summary>
    /// <param name="millis">Milliseconds since 1970.</param>
    public static implicit operator RlTimestamps(Span<long> millis) => Each(millis);

    /// <summary>One for each environment or one for each value, depending on the length.</summary>
    /// <param name="millis">Milliseconds since 1970.</param>
    public static implicit operator RlTimestamps(ReadOnlySpan<long> millis) => Each(millis);

    /// <summary>One for each environment or one for each value, depending on the length.</summary>
    /// <param name="millis">Milliseconds since 1970.</param>
    public static implicit operator RlTimestamps(long[] millis)
    {
        ArgumentNullException.ThrowIfNull(millis);
        return Each(millis);
    }

    /// <summary>One moment for all the points.</summary>
    /// <param name="millis">Milliseconds since 1970, in UTC; negative for earlier moments.</param>
    public static RlTimestamps At(long millis) => new(Spread.Uniform(millis));

    /// <summary>One moment for all the points, to the millisecond.</summary>
    /// <param name="moment">The moment.</param>
    public static RlTimestamps At(DateTimeOffset moment) => At(moment.ToUnixTimeMilliseconds());

    /// <summary>One for each environment or one for each value, depending on the length.</summary>
    /// <param name="millis">Milliseconds since 1970.</param>
    public static RlTimestamps Each(ReadOnlySpan<long> millis) => new(Spread.Each(millis));

    /// <summary>One timestamp for each environment.</summary>
    /// <param name="millis">Milliseconds since 1970, as many as there are environments.</param>
    public static RlTimestamps PerEnvironment(ReadOnlySpan<long> millis) => new(Spread.PerEnvironment(millis));

    /// <summary>One timestamp for each value, row by row.</summary>
    /// <param name="millis">Milliseconds since 1970, as many as there are values.</param>
    public static RlTimestamps Grid(ReadOnlySpan<long> millis) => new(Spread.Grid(millis));

    /// <summary>Returns an enumerator over the timestamps that were given individually. Collection expressions require it.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public ReadOnlySpan<long>.Enumerator GetEnumerator() => Spread.Values.GetEnumerator();
}
