using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Metrana.Syvain.Api;
using Metrana.Syvain.Delivery;

namespace Metrana.Syvain.Local;

/// <summary>
/// Appends a line for each item of an experiment. A line is compact JSON in ASCII with its keys in order, byte for byte as the
/// service's own collector writes it, so that both kinds of files are read alike.
/// </summary>
internal sealed class JsonlDestination(string path, string slug, object gate) : IDestination
{
    private static readonly JsonWriterOptions _options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public Task SendAsync(IReadOnlyList<MetricItem> metrics, CancellationToken cancellationToken) => Append([.. metrics.Select(metric => Line(json =>
    {
        json.WriteString("client_event_id", Payloads.EventId(metric.EventId));
        json.WritePropertyName("metadata");
        WriteSorted(json, metric.Metadata);
        json.WriteString("name", metric.Name);
        json.WriteString("slug", slug);
        if (metric.Step is { } step)
        {
            json.WriteNumber("step", step);
        }
        else
        {
            json.WriteNull("step");
        }

        if (metric.Timestamp is { } timestamp)
        {
            json.WriteNumber("timestamp_ms", timestamp);
        }

        json.WriteString("type", "metric");
        json.WritePropertyName("value");
        json.WriteRawValue(PythonNumbers.Text(metric.Value), skipInputValidation: true);
    }))]);

    public Task SendAsync(AnnotationItem annotation, CancellationToken cancellationToken) => Append([Line(json =>
    {
        json.WriteString("annotation", annotation.Text);
        json.WritePropertyName("metadata");
        WriteSorted(json, annotation.Metadata);
        json.WriteString("slug", slug);
        json.WriteString("type", "annotation");
    })]);

    public Task SendAsync(StatusItem status, CancellationToken cancellationToken) => Append([Line(json =>
    {
        if (status.ErrorName is not null)
        {
            json.WriteStartObject("error");
            json.WriteString("detail", status.ErrorDetail ?? "");
            json.WriteString("name", status.ErrorName);
            json.WriteEndObject();
        }

        json.WriteString("slug", slug);
        json.WriteString("status", status.Status);
        json.WriteString("type", "status");
    })]);

    private static void WriteSorted(Utf8JsonWriter json, byte[] metadata)
    {
        using JsonDocument document = JsonDocument.Parse(metadata);
        WriteSorted(json, document.RootElement);
    }

    private static void WriteSorted(Utf8JsonWriter json, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                json.WriteStartObject();
                foreach (JsonProperty member in element.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal))
                {
                    json.WritePropertyName(member.Name);
                    WriteSorted(json, member.Value);
                }

                json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (JsonElement item in element.EnumerateArray())
                {
                    WriteSorted(json, item);
                }

                json.WriteEndArray();
                break;
            default:
                element.WriteTo(json);
                break;
        }
    }

    private static string Line(Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> bytes = new();
        using (Utf8JsonWriter json = new(bytes, _options))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        // What is not ASCII stands in a text, where an escape means the same.
        StringBuilder line = new();
        foreach (char c in Encoding.UTF8.GetString(bytes.WrittenSpan))
        {
            _ = char.IsAscii(c) ? line.Append(c) : line.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        }

        return line.Append('\n').ToString();
    }

    /// <summary>All lines or none: half a line would make the file unreadable from there on.</summary>
    private Task Append(IReadOnlyList<string> lines)
    {
        try
        {
            lock (gate)
            {
                using FileStream file = new(path, FileMode.Append, FileAccess.Write, FileShare.Read);
                long before = file.Position;
                try
                {
                    file.Write(Encoding.ASCII.GetBytes(string.Concat(lines)));
                    file.Flush();
                }
                catch
                {
                    file.SetLength(before);
                    throw;
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DeliveryException(FailureKind.Retryable, $"{path} cannot be written: {e.Message}", e);
        }

        return Task.CompletedTask;
    }
}
