namespace Metrana.Extensions.Logging;

/// <summary>The metrics of an evaluation, with the same keys in every algorithm.</summary>
public sealed record EvaluationUpdate : TelemetryUpdate
{
    /// <summary>The kind of evaluation, such as <c>deterministic</c>. It is text and therefore not a metric.</summary>
    public required string Phase { get; init; }

    /// <summary>The number of episodes.</summary>
    public required int Episodes { get; init; }

    /// <summary>The mean return of the episodes.</summary>
    public required double MeanReturn { get; init; }

    /// <summary>The largest return.</summary>
    public required double MaxReturn { get; init; }

    /// <summary>The smallest return.</summary>
    public required double MinReturn { get; init; }

    /// <summary>The mean length of the episodes.</summary>
    public required double EpisodeLengthMean { get; init; }

    /// <summary>The largest length.</summary>
    public required double EpisodeLengthMax { get; init; }

    /// <summary>The smallest length.</summary>
    public required double EpisodeLengthMin { get; init; }

    /// <summary>The duration of the evaluation, in milliseconds.</summary>
    public required double DurationMs { get; init; }

    internal override string Message => "evaluation";

    internal override TelemetrySchema Schema => TelemetrySchema.Evaluation;

    private protected override object?[] Values =>
    [
        Phase, PolicyVersion,
        Episodes, MeanReturn, MaxReturn, MinReturn, EpisodeLengthMean, EpisodeLengthMax, EpisodeLengthMin, DurationMs,
    ];
}
