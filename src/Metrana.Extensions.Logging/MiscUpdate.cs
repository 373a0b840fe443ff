namespace Metrana.Extensions.Logging;

/// <summary>The speed of training.</summary>
public sealed record MiscUpdate : TelemetryUpdate
{
    /// <summary>The number of environment steps per second.</summary>
    public double StepsPerSecond { get; init; } = double.NaN;

    /// <summary>The duration of the update, in milliseconds.</summary>
    public double DurationMs { get; init; } = double.NaN;

    internal override string Message => "throughput";

    internal override TelemetrySchema Schema => TelemetrySchema.Misc;

    private protected override object?[] Values => [StepsPerSecond, DurationMs];
}
