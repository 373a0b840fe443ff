using System.Text.Json.Serialization;

namespace Metrana.MLflow.Api;

/// <summary>A value of a metric. The values that JSON has no numbers for go as texts: bare, they would spoil the rest of the request.</summary>
internal sealed record Metric(
    string Key,
    [property: JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)] double Value,
    long Timestamp,
    long Step);

internal sealed record KeyAndValue(string Key, string Value);

internal sealed record LogBatch(
    string RunId, IReadOnlyList<Metric>? Metrics = null, IReadOnlyList<KeyAndValue>? Params = null, IReadOnlyList<KeyAndValue>? Tags = null);

internal sealed record DeleteTag(string RunId, string Key);

internal sealed record CreateRun(string ExperimentId, long StartTime, string RunName, IReadOnlyList<KeyAndValue> Tags);

internal sealed record UpdateRun(string RunId, string? Status, long? EndTime = null);

internal sealed record SearchRuns(IReadOnlyList<string> ExperimentIds, string Filter, int MaxResults);

internal sealed record CreateExperiment(string Name);

internal sealed record RunInfo(string? RunId, string? ExperimentId);

internal sealed record RunOf(RunInfo? Info);

internal sealed record RunAnswer(RunOf? Run);

internal sealed record RunsAnswer(IReadOnlyList<RunOf>? Runs);

internal sealed record ExperimentOf(string? ExperimentId);

internal sealed record ExperimentAnswer(ExperimentOf? Experiment);

/// <summary>The answer of a call that answers nothing.</summary>
internal sealed record Nothing;

internal sealed record ErrorAnswer(string? ErrorCode, string? Message);

/// <summary>What System.Text.Json knows of them without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LogBatch))]
[JsonSerializable(typeof(DeleteTag))]
[JsonSerializable(typeof(CreateRun))]
[JsonSerializable(typeof(UpdateRun))]
[JsonSerializable(typeof(SearchRuns))]
[JsonSerializable(typeof(CreateExperiment))]
[JsonSerializable(typeof(RunAnswer))]
[JsonSerializable(typeof(RunsAnswer))]
[JsonSerializable(typeof(ExperimentAnswer))]
[JsonSerializable(typeof(ExperimentOf))]
[JsonSerializable(typeof(ErrorAnswer))]
[JsonSerializable(typeof(Nothing))]
internal sealed partial class MlflowJson : JsonSerializerContext;
