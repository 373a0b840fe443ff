namespace Metrana.Extensions.Logging;

/// <summary>When an algorithm evaluates: every so many updates.</summary>
/// <param name="EvalInterval">The number of updates between evaluations; with 0 or less there are none.</param>
/// <param name="NumEvalEpisodes">The number of episodes of an evaluation; with 0 or less there is none.</param>
public readonly record struct EvaluationCadence(long EvalInterval, int NumEvalEpisodes)
{
    /// <summary>Whether an evaluation follows this update.</summary>
    /// <param name="update">The number of the update.</param>
    public bool IsDue(long update) => EvalInterval > 0 && NumEvalEpisodes > 0 && update % EvalInterval == 0;
}
