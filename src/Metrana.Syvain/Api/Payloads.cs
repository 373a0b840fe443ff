using System.Text.Json;
using System.Text.Json.Serialization;
using Metrana.Syvain.Delivery;

namespace Metrana.Syvain.Api;

/// <summary>What is sent and answered, each with the members that this writer uses, in the order in which they are written.</summary>
internal sealed record OpenExperiment(
    [property: JsonPropertyName("slug")] string Slug,
    [property: JsonPropertyName("folder_id"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? FolderId,
    [property: JsonPropertyName("description")] string Description,
    [property: JsonPropertyName("metadata")] RawJson Metadata);

internal sealed record OpenKey([property: JsonPropertyName("name")] string Name);

internal sealed record IngestMetrics([property: JsonPropertyName("data")] IReadOnlyList<IngestMetric> Data);

internal sealed record IngestMetric(
    [property: JsonPropertyName("client_event_id")] string EventId,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("value"), JsonConverter(typeof(FloatConverter))] double Value,
    [property: JsonPropertyName("step")] long? Step,
    [property: JsonPropertyName("metadata")] RawJson Metadata,
    [property: JsonPropertyName("timestamp_ms"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Timestamp)
{
    public static IngestMetric Of(MetricItem metric) => new(
        Payloads.EventId(metric.EventId), metric.Name, metric.Value, metric.Step, new RawJson(metric.Metadata), metric.Timestamp);
}

internal sealed record Annotate(
    [property: JsonPropertyName("annotation")] string Annotation, [property: JsonPropertyName("metadata")] RawJson Metadata);

internal sealed record SetStatus(
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("error"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] StatusError? Error);

internal sealed record StatusError(
    [property: JsonPropertyName("name")] string Name, [property: JsonPropertyName("detail")] string Detail)
{
    public static StatusError? Of(StatusItem status) => status.ErrorName is null ? null : new StatusError(status.ErrorName, status.ErrorDetail ?? "");
}

internal sealed record FolderList([property: JsonPropertyName("folders"), JsonRequired] IReadOnlyList<Folder> Folders);

internal sealed record Folder(
    [property: JsonPropertyName("folder_id"), JsonRequired] string Id, [property: JsonPropertyName("path_name")] string? Path);

internal sealed record ExperimentAnswer([property: JsonPropertyName("experiment"), JsonRequired] OpenedAnswer Experiment);

internal sealed record OpenedAnswer(
    [property: JsonPropertyName("id"), JsonRequired] string Id, [property: JsonPropertyName("url")] string? Url);

internal sealed record KeyAnswer(
    [property: JsonPropertyName("key"), JsonRequired] KeyFacts Key, [property: JsonPropertyName("token"), JsonRequired] string Token)
{
    // A record prints its members, and this one has a secret.
    public override string ToString() => nameof(KeyAnswer);
}

internal sealed record KeyFacts([property: JsonPropertyName("expires_at_ms"), JsonRequired] long ExpiresAt);

internal sealed record IngestAnswer(
    [property: JsonPropertyName("ok"), JsonRequired] bool Ok, [property: JsonPropertyName("mode"), JsonRequired] string Mode);

internal sealed record AnnotationAnswer([property: JsonPropertyName("annotation"), JsonRequired] AnnotationFacts Annotation);

internal sealed record AnnotationFacts([property: JsonPropertyName("id"), JsonRequired] string Id);

internal sealed record LoginFile(
    [property: JsonPropertyName("apiKey")] string? ApiKey, [property: JsonPropertyName("host")] string? Host)
{
    public override string ToString() => nameof(LoginFile);
}

/// <summary>JSON that is there already.</summary>
[JsonConverter(typeof(RawJsonConverter))]
internal readonly record struct RawJson(ReadOnlyMemory<byte> Utf8);

internal sealed class RawJsonConverter : JsonConverter<RawJson>
{
    public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("It is only written.");

    public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value.Utf8.Span, skipInputValidation: true);
}

/// <summary>A value is a float, and looks like one.</summary>
internal sealed class FloatConverter : JsonConverter<double>
{
    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDouble();

    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options) =>
        writer.WriteRawValue(PythonNumbers.Text(value), skipInputValidation: true);
}

internal static class Payloads
{
    public static string EventId(Guid id) => $"syvain-metrics-collector-{id:N}";
}

[JsonSerializable(typeof(OpenExperiment))]
[JsonSerializable(typeof(OpenKey))]
[JsonSerializable(typeof(IngestMetrics))]
[JsonSerializable(typeof(Annotate))]
[JsonSerializable(typeof(SetStatus))]
[JsonSerializable(typeof(FolderList))]
[JsonSerializable(typeof(ExperimentAnswer))]
[JsonSerializable(typeof(KeyAnswer))]
[JsonSerializable(typeof(IngestAnswer))]
[JsonSerializable(typeof(AnnotationAnswer))]
[JsonSerializable(typeof(LoginFile))]
internal sealed partial class PayloadContext : JsonSerializerContext;
