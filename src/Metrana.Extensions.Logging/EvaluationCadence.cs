namespace Metrana.Extensions.Logging;

/// <summary>When an algorithm evaluates: every so many updates.</summary>
/// <param name="EvalInterval">How many updates lie between evaluations; 0 or less: none takes place.</param>
/// <param name="NumEvalEpisodes">How many episodes an evaluation has; 0 or less: none takes place.</param>
public readonly record struct EvaluationCadence(long EvalInterval, int NumEvalEpisodes)
{
    /// <summary>Whether an evaluation follows this update.</summary>
    /// <param name="update">The number of the update.</param>
    public bool IsDue(long update) => EvalInterval > 0 && NumEvalEpisodes > 0 && update % EvalInterval == 0;
}
