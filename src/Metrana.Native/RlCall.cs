namespace Metrana.Native;

/// <summary>A reinforcement-learning call without its series and its values: which grid it is, and what its points have.</summary>
internal readonly ref struct RlCall
{
    /// <param name="rlStep">The step of the training.</param>
    /// <param name="environments">The rows.</param>
    /// <param name="count">The number of values.</param>
    /// <param name="width">How many values a row has, where the caller says so.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step or the width is negative.</exception>
    /// <exception cref="ArgumentException">The values are no such grid.</exception>
    public RlCall(long rlStep, EnvironmentSpan environments, int count, int? width)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rlStep);
        CheckGrid(environments.Count, count, width);
        RlStep = rlStep;
        Environments = environments;
        Rows = environments.Count;
    }

    private RlCall(long rlStep, int rows)
    {
        RlStep = rlStep;
        Rows = rows;
    }

    public long RlStep { get; }

    public EnvironmentSpan Environments { get; }

    /// <summary>How many environments there are.</summary>
    public int Rows { get; }

    public Episodes Episodes { get; init; }

    public EnvironmentSteps Steps { get; init; }

    public RlTimestamps Timestamps { get; init; }

    public StepStrategy Strategy { get; init; }

    public bool Ordered { get; init; }

    /// <summary>The same call for some of its rows, which are named by the caller.</summary>
    public RlCall With(Spread episodes, Spread steps, Spread timestamps, int rows) => new(RlStep, rows)
    {
        Episodes = new Episodes(episodes),
        Steps = new EnvironmentSteps(steps),
        Timestamps = new RlTimestamps(timestamps),
        Strategy = Strategy,
        Ordered = Ordered,
    };

    /// <summary>
    /// Rows of several environments are only cut where the caller says how long they are: a row that somebody took for
    /// one environment's must not be dealt out among all of them because its length happens to divide.
    /// </summary>
    private static void CheckGrid(int environments, int count, int? width)
    {
        if (width is { } given)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(given, nameof(width));
            if ((long)given * environments != count)
            {
                throw new ArgumentException(
                    $"{count} values do not fit {environments} environments with a width of {given}: "
                        + $"pass {(long)given * environments} values.",
                    nameof(width));
            }
        }
        else if (environments > 1 && count != environments && count != 0)
        {
            throw new ArgumentException(
                $"{count} values do not fit {environments} environments: pass {environments} values, "
                    + $"or 'width: n' and {environments}*n values, row by row.");
        }
    }
}
