namespace Metrana.Extensions.Logging;

/// <summary>What the episodes that ended since the last update say together.</summary>
public sealed record ActorUpdate : TelemetryUpdate
{
    /// <summary>How many episodes ended.</summary>
    public required int Episodes { get; init; }

    /// <summary>The mean of their returns.</summary>
    public double MeanReturn { get; init; } = double.NaN;

    /// <summary>The greatest return.</summary>
    public double MaxReturn { get; init; } = double.NaN;

    /// <summary>The least return.</summary>
    public double MinReturn { get; init; } = double.NaN;

    /// <summary>The mean of their lengths.</summary>
    public double EpisodeLengthMean { get; init; } = double.NaN;

    /// <summary>The greatest length.</summary>
    public double EpisodeLengthMax { get; init; } = double.NaN;

    /// <summary>The least length.</summary>
    public double EpisodeLengthMin { get; init; } = double.NaN;

    internal override string Message => "episodes";

    internal override TelemetrySchema Schema => TelemetrySchema.Actor;

    private protected override object?[] Values =>
        [Episodes, MeanReturn, MaxReturn, MinReturn, EpisodeLengthMean, EpisodeLengthMax, EpisodeLengthMin];
}
