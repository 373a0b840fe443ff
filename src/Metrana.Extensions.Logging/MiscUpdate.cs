namespace Metrana.Extensions.Logging;

/// <summary>How fast training goes.</summary>
public sealed record MiscUpdate : TelemetryUpdate
{
    /// <summary>How many steps of environments a second.</summary>
    public double StepsPerSecond { get; init; } = double.NaN;

    /// <summary>How long the update took, in milliseconds.</summary>
    public double DurationMs { get; init; } = double.NaN;

    internal override string Message => "throughput";

    internal override TelemetrySchema Schema => TelemetrySchema.Misc;

    private protected override object?[] Values => [StepsPerSecond, DurationMs];
}
