using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Metrana.Native;

/// <summary>
/// The steps of the points of one call. If omitted, each point gets the step after the last one of its series, starting from 0.
/// </summary>
[CollectionBuilder(typeof(Steps), nameof(Each))]
public readonly ref struct Steps
{
    private Steps(StepsKind kind, long first, ReadOnlySpan<long> values)
    {
        Kind = kind;
        First = first;
        Values = values;
    }

    /// <summary>Steps continue after the last step of the series; a new series starts from 0.</summary>
    public static Steps Auto => default;

    internal StepsKind Kind { get; }

    internal long First { get; }

    internal ReadOnlySpan<long> Values { get; }

    /// <summary>The first value gets this step; each later value gets the next one.</summary>
    /// <param name="steps">The first step.</param>
    public static implicit operator Steps(int steps) => (long)steps;

    /// <summary>The first value gets this step; each later value gets the next one.</summary>
    /// <param name="steps">The first step.</param>
    public static implicit operator Steps(long steps) => new(StepsKind.From, Spread.NotNegative(steps, nameof(steps), "step"), default);

    /// <summary>One step for each value.</summary>
    /// <param name="steps">As many steps as there are values.</param>
    public static implicit operator Steps(ReadOnlySpan<long> steps) => Each(steps);

    /// <summary>One step for each value.</summary>
    /// <param name="steps">As many steps as there are values.</param>
    public static implicit operator Steps(long[] steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        return Each(steps);
    }

    /// <summary>One step for each value.</summary>
    /// <param name="steps">The steps.</param>
    public static implicit operator Steps(Span<long> steps) => Each(steps);

    /// <summary>One step for each value, as 32-bit integers, which are widened in each call.</summary>
    /// <param name="steps">The steps.</param>
    public static implicit operator Steps(ReadOnlySpan<int> steps) => Each(WideColumn.Of(steps));

    /// <summary>One step for each value, as 32-bit integers, which are widened in each call.</summary>
    /// <param name="steps">The steps.</param>
    public static implicit operator Steps(int[] steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        return Each(WideColumn.Of(steps));
    }

    /// <summary>One step for each value, as 32-bit integers, which are widened in each call.</summary>
    /// <param name="steps">The steps.</param>
    public static implicit operator Steps(Span<int> steps) => Each(WideColumn.Of(steps));

    /// <summary>One step for each value, as a list of 32-bit integers, which are widened in each call.</summary>
    /// <param name="steps">The steps.</param>
    public static implicit operator Steps(List<int> steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        return Each(WideColumn.Of(CollectionsMarshal.AsSpan(steps)));
    }

    /// <summary>One step for each value.</summary>
    /// <param name="steps">The steps.</param>
    public static implicit operator Steps(List<long> steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        return Each(CollectionsMarshal.AsSpan(steps));
    }

    /// <summary>The first value gets this step; each later value gets the next one.</summary>
    /// <param name="first">The first step.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative.</exception>
    public static Steps From(long first)
    {
        return new Steps(StepsKind.From, Spread.NotNegative(first, nameof(first), "step"), default);
    }

    /// <summary>One step for each value.</summary>
    /// <param name="steps">As many steps as there are values.</param>
    /// <exception cref="ArgumentOutOfRangeException">A step is negative.</exception>
    public static Steps Each(ReadOnlySpan<long> steps)
    {
        int negative = steps.IndexOfAnyInRange(long.MinValue, -1);
        if (negative >= 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(steps), steps[negative], $"The step at index {negative} is {steps[negative]}; it cannot be negative.");
        }

        return new Steps(StepsKind.Each, 0, steps);
    }

    /// <summary>Returns an enumerator over the steps that were given individually. Collection expressions require it.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public ReadOnlySpan<long>.Enumerator GetEnumerator() => Values.GetEnumerator();
}

/// <summary>Where steps come from; the numbers are the native ones.</summary>
internal enum StepsKind
{
    Auto = 0,
    From = 1,
    Each = 2,
}
