using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Metrana.Mirrors;

/// <summary>What the lines of a <see cref="JsonlMirror"/> look like.</summary>
internal static class JsonLines
{
    /// <summary>The file is not a web page, so characters such as a plus or Chinese ones need no escape.</summary>
    private static readonly JsonWriterOptions _options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(Stream stream, MirroredRun run) => Line(stream, "start", run.StartedAt, json =>
    {
        json.WriteString("project", run.Project);
        json.WriteString("name", run.Name);
        Text(json, "workspace", run.Workspace);
        Text(json, "experiment", run.Experiment);
        json.WriteString("id", run.Id);
        Text(json, "url", run.Url);
        json.WriteBoolean("created", run.WasCreated);
        json.WriteString("orchestration_id", run.OrchestrationId);
    });

    public static void Write(Stream stream, MirroredEnd end) => Line(stream, "end", end.Time, json =>
    {
        json.WriteString("outcome", end.Outcome.ToString().ToLowerInvariant());
        Text(json, "message", end.Message);
    });

    public static void Write(Stream stream, RunRecord record)
    {
        switch (record)
        {
            case PointsRecord points:
                Line(stream, "points", record.Time, json => Points(json, points));
                break;
            case RlPointsRecord points:
                Line(stream, "rl_points", record.Time, json => Points(json, points));
                break;
            case HistogramRecord histogram:
                Line(stream, "histogram", record.Time, json => Histogram(json, histogram));
                break;
            case ScatterRecord scatter:
                Line(stream, "scatter", record.Time, json => Scatter(json, scatter));
                break;
            case AttributesRecord attributes:
                Line(stream, "attributes", record.Time, json => Values(json, "values", attributes.Values));
                break;
            case EnvironmentAttributesRecord attributes:
                Line(stream, "environment_attributes", record.Time, json =>
                {
                    json.WriteString("environment", attributes.Environment);
                    Number(json, "episode", attributes.Episode);
                    Values(json, "values", attributes.Values);
                });
                break;
            case TagsRecord tags:
                Line(stream, "tags", record.Time, json =>
                {
                    json.WriteBoolean("replaces", tags.Replaces);
                    Texts(json, "added", tags.Added);
                    Texts(json, "removed", tags.Removed);
                });
                break;
            case DescriptionRecord description:
                Line(stream, "description", record.Time, json => json.WriteString("text", description.Text));
                break;
            case AnnotationRecord annotation:
                Line(stream, "annotation", record.Time, json =>
                {
                    json.WriteString("path", annotation.Path);
                    json.WriteString("text", annotation.Text);
                    Number(json, "step", annotation.Step);
                    Values(json, "metadata", annotation.Metadata);
                });
                break;
        }
    }

    private static void Line(Stream stream, string kind, DateTimeOffset time, Action<Utf8JsonWriter> write)
    {
        using (Utf8JsonWriter json = new(stream, _options))
        {
            json.WriteStartObject();
            json.WriteString("kind", kind);
            json.WriteNumber("time", time.ToUnixTimeMilliseconds());
            write(json);
            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
    }

    private static void Series(Utf8JsonWriter json, MetricRecord record)
    {
        json.WriteString("metric", record.Metric);
        json.WriteString("scale", record.Scale);
        if (record.Labels.Count > 0)
        {
            json.WriteStartObject("labels");
            foreach ((string key, string value) in record.Labels)
            {
                json.WriteString(key, value);
            }

            json.WriteEndObject();
        }
    }

    private static void Points(Utf8JsonWriter json, PointsRecord points)
    {
        Series(json, points);
        if (points.Distributed)
        {
            json.WriteBoolean("distributed", true);
        }

        Columns(json, points.Steps.Span, points.Values.Span, points.Timestamps.Span);
    }

    private static void Points(Utf8JsonWriter json, RlPointsRecord points)
    {
        Series(json, points);
        json.WriteNumber("rl_step", points.RlStep);
        Texts(json, "environments", points.Environments);
        json.WriteNumber("width", points.Width);
        if (!points.Episodes.IsEmpty)
        {
            Numbers(json, "episodes", points.Episodes.Span);
        }

        Columns(json, points.Steps.Span, points.Values.Span, points.Timestamps.Span);
    }

    private static void Columns(
        Utf8JsonWriter json, ReadOnlySpan<long> steps, ReadOnlySpan<double> values, ReadOnlySpan<long> timestamps)
    {
        Numbers(json, "steps", steps);
        Numbers(json, "values", values);
        Numbers(json, "timestamps", timestamps);
    }

    private static void One(Utf8JsonWriter json, MetricRecord record, long step, long timestamp)
    {
        Series(json, record);
        json.WriteNumber("step", step);
        json.WriteNumber("timestamp", timestamp);
    }

    private static void Histogram(Utf8JsonWriter json, HistogramRecord histogram)
    {
        One(json, histogram, histogram.Step, histogram.Timestamp);
        Numbers(json, "edges", histogram.Edges.Span);
        Numbers(json, "counts", histogram.Counts.Span);
        if (!histogram.Densities.IsEmpty)
        {
            Numbers(json, "densities", histogram.Densities.Span);
        }
    }

    private static void Scatter(Utf8JsonWriter json, ScatterRecord scatter)
    {
        One(json, scatter, scatter.Step, scatter.Timestamp);
        Numbers(json, "xs", scatter.Xs.Span);
        Numbers(json, "ys", scatter.Ys.Span);
        if (!scatter.Zs.IsEmpty)
        {
            Numbers(json, "zs", scatter.Zs.Span);
        }

        Text(json, "x_title", scatter.Titles.X);
        Text(json, "y_title", scatter.Titles.Y);
        Text(json, "z_title", scatter.Titles.Z);
    }

    private static void Numbers(Utf8JsonWriter json, string name, ReadOnlySpan<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (long number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }

    private static void Numbers(Utf8JsonWriter json, string name, ReadOnlySpan<double> numbers)
    {
        json.WriteStartArray(name);
        foreach (double number in numbers)
        {
            Number(json, number);
        }

        json.WriteEndArray();
    }

    private static void Number(Utf8JsonWriter json, double number)
    {
        if (double.IsFinite(number))
        {
            json.WriteNumberValue(number);
        }
        else
        {
            json.WriteStringValue(double.IsNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity");
        }
    }

    private static void Number(Utf8JsonWriter json, string name, long? number)
    {
        if (number is { } given)
        {
            json.WriteNumber(name, given);
        }
    }

    private static void Text(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null)
        {
            json.WriteString(name, text);
        }
    }

    private static void Texts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    private static void Values(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, object?> values)
    {
        json.WriteStartObject(name);
        foreach ((string path, object? value) in values)
        {
            json.WritePropertyName(path);
            Value(json, value);
        }

        json.WriteEndObject();
    }

    private static void Value(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case bool truth:
                json.WriteBooleanValue(truth);
                break;
            case double number:
                Number(json, number);
                break;
            case float number:
                Number(json, number);
                break;
            case sbyte or byte or short or ushort or int or uint or long:
                json.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case ulong number:
                json.WriteNumberValue(number);
                break;
            case decimal number:
                json.WriteNumberValue(number);
                break;
            case DateTimeOffset time:
                json.WriteStringValue(time);
                break;
            case DateTime time:
                json.WriteStringValue(time);
                break;
            case DateOnly date:
                json.WriteStringValue(date.ToString("O", CultureInfo.InvariantCulture));
                break;
            default:
                json.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }
}
