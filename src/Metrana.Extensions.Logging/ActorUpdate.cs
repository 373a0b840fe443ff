namespace Metrana.Extensions.Logging;

/// <summary>Statistics over the episodes that ended since the last update.</summary>
public sealed record ActorUpdate : TelemetryUpdate
{
    /// <summary>The number of episodes that ended.</summary>
    public required int Episodes { get; init; }

    /// <summary>The mean return of the episodes.</summary>
    public double MeanReturn { get; init; } = double.NaN;

    /// <summary>The largest return.</summary>
    public double MaxReturn { get; init; } = double.NaN;

    /// <summary>The smallest return.</summary>
    public double MinReturn { get; init; } = double.NaN;

    /// <summary>The mean length of the episodes.</summary>
    public double EpisodeLengthMean { get; init; } = double.NaN;

    /// <summary>The largest length.</summary>
    public double EpisodeLengthMax { get; init; } = double.NaN;

    /// <summary>The smallest length.</summary>
    public double EpisodeLengthMin { get; init; } = double.NaN;

    internal override string Message => "episodes";

    internal override TelemetrySchema Schema => TelemetrySchema.Actor;

    private protected override object?[] Values =>
        [Episodes, MeanReturn, MaxReturn, MinReturn, EpisodeLengthMean, EpisodeLengthMax, EpisodeLengthMin];
}
