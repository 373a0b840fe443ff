namespace Metrana.Extensions.Logging;

/// <summary>One evaluation: the same in every algorithm.</summary>
public sealed record EvaluationUpdate : TelemetryUpdate
{
    /// <summary>What is evaluated, such as <c>deterministic</c>. A text, and so no metric.</summary>
    public required string Phase { get; init; }

    /// <summary>How many episodes it has.</summary>
    public required int Episodes { get; init; }

    /// <summary>The mean of their returns.</summary>
    public required double MeanReturn { get; init; }

    /// <summary>The greatest return.</summary>
    public required double MaxReturn { get; init; }

    /// <summary>The least return.</summary>
    public required double MinReturn { get; init; }

    /// <summary>The mean of their lengths.</summary>
    public required double EpisodeLengthMean { get; init; }

    /// <summary>The greatest length.</summary>
    public required double EpisodeLengthMax { get; init; }

    /// <summary>The least length.</summary>
    public required double EpisodeLengthMin { get; init; }

    /// <summary>How long it took, in milliseconds.</summary>
    public required double DurationMs { get; init; }

    internal override string Message => "evaluation";

    internal override TelemetrySchema Schema => TelemetrySchema.Evaluation;

    private protected override object?[] Values =>
    [
        Phase, PolicyVersion,
        Episodes, MeanReturn, MaxReturn, MinReturn, EpisodeLengthMean, EpisodeLengthMax, EpisodeLengthMin, DurationMs,
    ];
}
