using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Metrana.Native;

/// <summary>
/// The episodes of the points of one reinforcement-learning call: one for all, one for each environment, or one for each
/// value. If omitted, the points belong to no episode. Within a series, either all points have episodes or none.
/// </summary>
[CollectionBuilder(typeof(Episodes), nameof(Each))]
public readonly ref struct Episodes
{
    internal readonly Spread Spread;

    internal Episodes(Spread spread) => Spread = spread;

    /// <summary>No episodes.</summary>
    public static Episodes None => default;

    /// <summary>One episode for all the points.</summary>
    /// <param name="episodes">The episode.</param>
    public static implicit operator Episodes(int episodes) => (long)episodes;

    /// <summary>One episode for all the points.</summary>
    /// <param name="episodes">The episode.</param>
    public static implicit operator Episodes(long episodes) => new(Spread.Uniform(Spread.NotNegative(episodes, nameof(episodes), "episode")));

    /// <summary>One episode for all the points; null means none.</summary>
    /// <param name="episodes">The episode.</param>
    public static implicit operator Episodes(long? episodes) => episodes is { } given ? (Episodes)given : default;

    /// <summary>One for each environment or one for each value, depending on the length.</summary>
    /// <param name="episodes">The episodes.</param>
    public static implicit operator Episodes(ReadOnlySpan<long> episodes) => Each(episodes);

    /// <summary>One for each environment or one for each value, depending on the length.</summary>
    /// <param name="episodes">The episodes.</param>
    public static implicit operator Episodes(long[] episodes)
    {
        ArgumentNullException.ThrowIfNull(episodes);
        return Each(episodes);
    }

    /// <summary>One for each environment or one for each value, depending on the length.</summary>
    /// <param name="episodes">The episodes.</param>
    public static implicit operator Episodes(Span<long> episodes) => Each(episodes);

    /// <summary>One for each environment or one for each value, as 32-bit integers, which are widened in each call.</summary>
    /// <param name="episodes">The episodes.</param>
    public static implicit operator Episodes(ReadOnlySpan<int> episodes) => Each(WideColumn.Of(episodes));

    /// <summary>One for each environment or one for each value, as 32-bit integers, which are widened in each call.</summary>
    /// <param name="episodes">The episodes.</param>
    public static implicit operator Episodes(int[] episodes)
    {
        ArgumentNullException.ThrowIfNull(episodes);
        return Each(WideColumn.Of(episodes));
    }

    /// <summary>One for each environment or one for each value, as 32-bit integers, which are widened in each call.</summary>
    /// <param name="episodes">The episodes.</param>
    public static implicit operator Episodes(Span<int> episodes) => Each(WideColumn.Of(episodes));

    /// <summary>One for each environment or one for each value, as a list of 32-bit integers, which are widened in each call.</summary>
    /// <param name="episodes">The episodes.</param>
    public static implicit operator Episodes(List<int> episodes)
    {
        ArgumentNullException.ThrowIfNull(episodes);
        return Each(WideColumn.Of(CollectionsMarshal.AsSpan(episodes)));
    }

    /// <summary>One for each environment or one for each value, depending on the length.</summary>
    /// <param name="episodes">The episodes.</param>
    public static implicit operator Episodes(List<long> episodes)
    {
        ArgumentNullException.ThrowIfNull(episodes);
        return Each(CollectionsMarshal.AsSpan(episodes));
    }

    /// <summary>One episode for all the points.</summary>
    /// <param name="episode">The episode.</param>
    /// <exception cref="ArgumentOutOfRangeException">The episode is negative.</exception>
    public static Episodes Of(long episode)
    {
        return new Episodes(Spread.Uniform(Spread.NotNegative(episode, nameof(episode), "episode")));
    }

    /// <summary>One for each environment or one for each value, depending on the length.</summary>
    /// <param name="episodes">The episodes.</param>
    /// <exception cref="ArgumentOutOfRangeException">An episode is negative.</exception>
    public static Episodes Each(ReadOnlySpan<long> episodes) => new(Spread.Each(Checked(episodes)));

    /// <summary>One episode for each environment.</summary>
    /// <param name="episodes">The episodes, one for each environment.</param>
    /// <exception cref="ArgumentOutOfRangeException">An episode is negative.</exception>
    public static Episodes PerEnvironment(ReadOnlySpan<long> episodes) => new(Spread.PerEnvironment(Checked(episodes)));

    /// <summary>One episode for each value, row by row.</summary>
    /// <param name="episodes">The episodes, one for each value.</param>
    /// <exception cref="ArgumentOutOfRangeException">An episode is negative.</exception>
    public static Episodes Grid(ReadOnlySpan<long> episodes) => new(Spread.Grid(Checked(episodes)));

    /// <summary>Returns an enumerator over the episodes that were given individually. Collection expressions require it.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public ReadOnlySpan<long>.Enumerator GetEnumerator() => Spread.Values.GetEnumerator();

    private static ReadOnlySpan<long> Checked(ReadOnlySpan<long> episodes)
    {
        Spread.ThrowIfNegative(episodes, nameof(episodes), "episode");
        return episodes;
    }
}
