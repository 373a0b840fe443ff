namespace Metrana.Native;

/// <summary>A reinforcement-learning call without its series and its values: which grid it is, and what its points have.</summary>
internal readonly ref struct RlCall
{
    // Fields, not properties: what sends the call reads them where they lie, without a copy of the whole.
    public readonly long RlStep;
    public readonly EnvironmentSpan Environments;

    /// <summary>How many environments there are.</summary>
    public readonly int Rows;
    public readonly StepStrategy Strategy;
    public readonly bool Ordered;
    public readonly Episodes Episodes;
    public readonly EnvironmentSteps Steps;
    public readonly RlTimestamps Timestamps;

    /// <param name="metric">What is logged, for the message of a refusal.</param>
    /// <param name="rlStep">The step of the training.</param>
    /// <param name="environments">The rows.</param>
    /// <param name="count">The number of values.</param>
    /// <param name="width">How many values a row has, where the caller says so.</param>
    /// <param name="episodes">Their episodes.</param>
    /// <param name="steps">Their environment steps.</param>
    /// <param name="timestamps">When they were measured.</param>
    /// <param name="strategy">How environment steps count.</param>
    /// <param name="ordered">Whether the points come in the order of their steps.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step or the width is negative.</exception>
    /// <exception cref="MetricValidationException">The values are no such grid.</exception>
    public RlCall(
        string metric,
        long rlStep,
        in EnvironmentSpan environments,
        int count,
        int? width,
        in Episodes episodes,
        in EnvironmentSteps steps,
        in RlTimestamps timestamps,
        StepStrategy strategy,
        bool ordered)
    {
        Check(metric, rlStep, environments.Count, count, width);
        RlStep = rlStep;
        Environments = environments;
        Rows = environments.Count;
        Episodes = episodes;
        Steps = steps;
        Timestamps = timestamps;
        Strategy = strategy;
        Ordered = ordered;
    }

    private RlCall(long rlStep, int rows, Spread episodes, Spread steps, Spread timestamps, StepStrategy strategy, bool ordered)
    {
        RlStep = rlStep;
        Rows = rows;
        Episodes = new Episodes(episodes);
        Steps = new EnvironmentSteps(steps);
        Timestamps = new RlTimestamps(timestamps);
        Strategy = strategy;
        Ordered = ordered;
    }

    /// <summary>Whether a call at this step has values that are such a grid.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The step or the width is negative.</exception>
    /// <exception cref="MetricValidationException">The values are no such grid.</exception>
    public static void Check(string metric, long rlStep, int environments, int count, int? width)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rlStep);
        CheckGrid(metric, environments, count, width);
    }

    /// <summary>The same call for some of its rows, which are named by the caller.</summary>
    public RlCall With(Spread episodes, Spread steps, Spread timestamps, int rows) =>
        new(RlStep, rows, episodes, steps, timestamps, Strategy, Ordered);

    /// <summary>
    /// Rows of several environments are only cut where the caller says how long they are: a row that somebody took for
    /// one environment's must not be dealt out among all of them because its length happens to divide.
    /// </summary>
    private static void CheckGrid(string metric, int environments, int count, int? width)
    {
        if (width is { } given)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(given, nameof(width));
            if ((long)given * environments != count)
            {
                throw MetricValidationException.Of(
                    $"{count} values do not fit {environments} environments with a width of {given}: "
                        + $"pass {(long)given * environments} values.").About(metric);
            }
        }
        else if (environments > 1 && count != environments && count != 0)
        {
            throw MetricValidationException.Of(
                $"{count} values do not fit {environments} environments: pass {environments} values, "
                    + $"or 'width: n' and {environments}*n values, row by row.").About(metric);
        }
    }
}
