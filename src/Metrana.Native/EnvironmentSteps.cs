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

    /// <summary>Steps continue after the last one, and start from 0 in a new reinforcement-learning step or episode.</summary>
    public static EnvironmentSteps Auto => default;

    /// <summary>The first value of each environment gets this step; each later value gets the next one.</summary>
    /// <param name="steps">The first step.</param>
    public static implicit operator EnvironmentSteps(int steps) => (long)steps;

    /// <summary>The first value of each environment gets this step; each later value gets the next one.</summary>
    /// <param name="steps">The first step.</param>
    public static implicit operator EnvironmentSteps(long steps) => new(Spread.Uniform(Spread.NotNegative(steps, nameof(steps), "step")));

    /// <summary>The first step of each environment, or one step for each value, depending on the length.</summary>
    /// <param name="steps">The steps.</param>
    public static implicit operator EnvironmentSteps(ReadOnlySpan<long> steps) => Each(steps);

    /// <summary>The first step of each environment, or one step for each value, depending on the length.</summary>
    /// <param name="steps">The steps.</param>
    public static implicit operator EnvironmentSteps(long[] steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        return Each(steps);
    }

    /// <summary>The first step of each environment, or one step for each value, depending on the length.</summary>
    /// <param name="steps">The steps.</param>
    public static implicit operator EnvironmentSteps(Span<long> steps) => Each(steps);

    /// <summary>The first step of each environment, or one for each value, as 32-bit integers, which are widened in each call.</summary>
    /// <param name="steps">The steps.</param>
    public static implicit operator EnvironmentSteps(ReadOnlySpan<int> steps) => Each(WideColumn.Of(steps));

    /// <summary>The first step of each environment, or one for each value, as 32-bit integers, which are widened in each call.</summary>
    /// <param name="steps">The steps.</param>
    public static implicit operator EnvironmentSteps(int[] steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        return Each(WideColumn.Of(steps));
    }

    /// <summary>The first step of each environment, or one for each value, as 32-bit integers, which are widened in each call.</summary>
    /// <param name="steps">The steps.</param>
    public static implicit operator EnvironmentSteps(Span<int> steps) => Each(WideColumn.Of(steps));

    /// <summary>The first step of each environment, or one for each value, as 32-bit integers, which are widened in each call.</summary>
    /// <param name="steps">The steps.</param>
    public static implicit operator EnvironmentSteps(List<int> steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        return Each(WideColumn.Of(CollectionsMarshal.AsSpan(steps)));
    }

    /// <summary>The first step of each environment, or one step for each value, depending on the length.</summary>
    /// <param name="steps">The steps.</param>
    public static implicit operator EnvironmentSteps(List<long> steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        return Each(CollectionsMarshal.AsSpan(steps));
    }

    /// <summary>Steps that are counted from a first one, or given for each value.</summary>
    /// <param name="steps">The steps.</param>
    public static implicit operator EnvironmentSteps(Steps steps) => steps.Kind switch
    {
        StepsKind.From => From(steps.First),
        StepsKind.Each => Each(steps.Values),
        _ => default,
    };

    /// <summary>
    /// The first value of each environment gets this step; each later value gets the next one. Counting starts again with each
    /// episode of a row.
    /// </summary>
    /// <param name="first">The first step.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative.</exception>
    public static EnvironmentSteps From(long first)
    {
        return new EnvironmentSteps(Spread.Uniform(Spread.NotNegative(first, nameof(first), "step")));
    }

    /// <summary>The first step of each environment, or one step for each value, depending on the length.</summary>
    /// <param name="steps">The steps.</param>
    /// <exception cref="ArgumentOutOfRangeException">A step is negative.</exception>
    public static EnvironmentSteps Each(ReadOnlySpan<long> steps) => new(Spread.Each(Checked(steps)));

    /// <summary>The step of the first value of each environment.</summary>
    /// <param name="firsts">The first steps, one for each environment.</param>
    /// <exception cref="ArgumentOutOfRangeException">A step is negative.</exception>
    public static EnvironmentSteps PerEnvironment(ReadOnlySpan<long> firsts) => new(Spread.PerEnvironment(Checked(firsts)));

    /// <summary>One step for each value, row by row.</summary>
    /// <param name="steps">The steps, one for each value.</param>
    /// <exception cref="ArgumentOutOfRangeException">A step is negative.</exception>
    public static EnvironmentSteps Grid(ReadOnlySpan<long> steps) => new(Spread.Grid(Checked(steps)));

    /// <summary>Returns an enumerator over the steps that were given individually. Collection expressions require it.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public ReadOnlySpan<long>.Enumerator GetEnumerator() => Spread.Values.GetEnumerator();

    private static ReadOnlySpan<long> Checked(ReadOnlySpan<long> steps)
    {
        Spread.ThrowIfNegative(steps, nameof(steps), "step");
        return steps;
    }
}
