using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Metrana.Native;

/// <summary>
/// The environment steps of the points of one reinforcement-learning call. If omitted, they are counted automatically, from 0
/// in each reinforcement-learning step and episode.
/// </summary>
[CollectionBuilder(typeof(EnvironmentSteps), nameof(Each))]
public readonly ref struct EnvironmentSteps
{
    internal readonly Spread Spread;

    internal EnvironmentSteps(Spread spread) => Spread = spread;

    /// <summary>Continues after the last step; begins at 0 in a new reinforcement-learning step or episode.</summary>
    public static EnvironmentSteps Auto => default;

    /// <summary>The first value of each environment has this step, and each later one has one more.</summary>
    /// <param name="steps">The first step.</param>
    public static implicit operator EnvironmentSteps(int steps) => (long)steps;

    /// <summary>The first value of each environment has this step, and each later one has one more.</summary>
    /// <param name="steps">The first step.</param>
    public static implicit operator EnvironmentSteps(long steps) => new(Spread.Uniform(Spread.NotNegative(steps, nameof(steps), "step")));

    /// <summary>The first one for each environment, or one for each value, whichever the length fits.</summary>
    /// <param name="steps">The steps.</param>
    public static implicit operator EnvironmentSteps(ReadOnlySpan<long> steps) => Each(steps);

    /// <summary>The first one for each environment, or one for each value, whichever the length fits.</summary>
    /// <param name="steps">The steps.</param>
    public static implicit operator EnvironmentSteps(long[] steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        return Each(steps);
    }

    /// <summary>The same from a writable span.</summary>
    /// <param name="steps">The steps.</param>
    public static implicit operator EnvironmentSteps(Span<long> steps) => Each(steps);

    /// <summary>The same from whole numbers of 32 bits, which are widened in each call.</summary>
    /// <param name="steps">The steps.</param>
    public static implicit operator EnvironmentSteps(ReadOnlySpan<int> steps) => Each(WideColumn.Of(steps));

    /// <summary>The same from whole numbers of 32 bits, which are widened in each call.</summary>
    /// <param name="steps">The steps.</param>
    public static implicit operator EnvironmentSteps(int[] steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        return Each(WideColumn.Of(steps));
    }

    /// <summary>The same from whole numbers of 32 bits, which are widened in each call.</summary>
    /// <param name="steps">The steps.</param>
    public static implicit operator EnvironmentSteps(Span<int> steps) => Each(WideColumn.Of(steps));

    /// <summary>The same from a list of whole numbers of 32 bits, which are widened in each call.</summary>
    /// <param name="steps">The steps.</param>
    public static implicit operator EnvironmentSteps(List<int> steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        return Each(WideColumn.Of(CollectionsMarshal.AsSpan(steps)));
    }

    /// <summary>The same from a list.</summary>
    /// <param name="steps">The steps.</param>
    public static implicit operator EnvironmentSteps(List<long> steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        return Each(CollectionsMarshal.AsSpan(steps));
    }

    /// <summary>The same steps: from a first one on, or one for each value.</summary>
    /// <param name="steps">The steps.</param>
    public static implicit operator EnvironmentSteps(Steps steps) => steps.Kind switch
    {
        StepsKind.From => From(steps.First),
        StepsKind.Each => Each(steps.Values),
        _ => default,
    };

    /// <summary>
    /// The first value of each environment has this step, and each later one has one more. It begins again with each episode of
    /// a row.
    /// </summary>
    /// <param name="first">The first step.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative.</exception>
    public static EnvironmentSteps From(long first)
    {
        return new EnvironmentSteps(Spread.Uniform(Spread.NotNegative(first, nameof(first), "step")));
    }

    /// <summary>The first one for each environment, or one for each value, whichever the length fits.</summary>
    /// <param name="steps">The steps.</param>
    /// <exception cref="ArgumentOutOfRangeException">A step is negative.</exception>
    public static EnvironmentSteps Each(ReadOnlySpan<long> steps) => new(Spread.Each(Checked(steps)));

    /// <summary>The step of the first value, for each environment.</summary>
    /// <param name="firsts">As many as there are environments.</param>
    /// <exception cref="ArgumentOutOfRangeException">A step is negative.</exception>
    public static EnvironmentSteps PerEnvironment(ReadOnlySpan<long> firsts) => new(Spread.PerEnvironment(Checked(firsts)));

    /// <summary>One step for each value, row by row.</summary>
    /// <param name="steps">As many as there are values.</param>
    /// <exception cref="ArgumentOutOfRangeException">A step is negative.</exception>
    public static EnvironmentSteps Grid(ReadOnlySpan<long> steps) => new(Spread.Grid(Checked(steps)));

    /// <summary>Goes through the steps that were given one by one: what makes a collection expression fit.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public ReadOnlySpan<long>.Enumerator GetEnumerator() => Spread.Values.GetEnumerator();

    private static ReadOnlySpan<long> Checked(ReadOnlySpan<long> steps)
    {
        Spread.ThrowIfNegative(steps, nameof(steps), "step");
        return steps;
    }
}
