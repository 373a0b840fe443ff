using Metrana.Mirrors;

namespace Metrana.MLflow.Tests;

/// <summary>What a run hands to a mirror.</summary>
internal static class Records
{
    public static readonly DateTimeOffset Time = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static readonly Dictionary<string, string> _noLabels = [];

    public static MirroredRun Run { get; } = new() { Project = "walker", Name = "ppo-7", Id = "abc", StartedAt = Time };

    public static MirroredEnd End(RunOutcome outcome, string? message = null) => new() { Outcome = outcome, Message = message, Time = Time.AddMinutes(1) };

    public static PointsRecord Point(string metric, double value, long step = 0, params (string Key, string Value)[] labels) =>
        Points(metric, [value], [step], labels);

    public static PointsRecord Points(string metric, double[] values, long[] steps, params (string Key, string Value)[] labels) => new()
    {
        Time = Time,
        Metric = metric,
        Scale = Scale.MlStep,
        Labels = labels.Length == 0 ? _noLabels : labels.ToDictionary(label => label.Key, label => label.Value),
        Values = values,
        Steps = steps,
        Timestamps = values.Select(_ => Time.ToUnixTimeMilliseconds()).ToArray(),
    };

    public static AttributesRecord Attributes(params (string Path, object? Value)[] values) =>
        new() { Time = Time, Values = values.ToDictionary(value => value.Path, value => value.Value) };
}
