namespace Metrana.Extensions.Logging;

/// <summary>Determines how often an algorithm evaluates, in updates.</summary>
/// <param name="EvalInterval">The number of updates between evaluations; with 0 or less, there are none.</param>
/// <param name="NumEvalEpisodes">The number of episodes in an evaluation; with 0 or less, there are no evaluations.</param>
public readonly record struct EvaluationCadence(long EvalInterval, int NumEvalEpisodes)
{
    /// <summary>Returns whether an evaluation follows an update.</summary>
    /// <param name="update">The number of the update.</param>
    public bool IsDue(long update) => EvalInterval > 0 && NumEvalEpisodes > 0 && update % EvalInterval == 0;
}
