using System.Globalization;
using Metrana.Mirrors;
using Metrana.MLflow.Api;

namespace Metrana.MLflow.Writing;

/// <summary>Says in MLflow's words what a run logged: metrics, parameters and tags.</summary>
internal sealed class RecordTranslator(PendingFacts facts)
{
    private const string ConfigPrefix = "config/";
    private const string GitCommit = "git/commit_sha";
    private const string Annotations = "metrana.annotations";

    private readonly MetricKeys _keys = new();
    private readonly HashSet<string> _tags = new(StringComparer.Ordinal);
    private string _annotations = "";

    /// <summary>How many records MLflow has no place for.</summary>
    public long Skipped { get; private set; }

    /// <summary>Adds the metrics of a record to a list, and what else it says to the facts.</summary>
    public void Translate(RunRecord record, List<Metric> metrics)
    {
        switch (record)
        {
            case PointsRecord points:
                Add(points, metrics);
                break;
            case RlPointsRecord points:
                Add(points, metrics);
                break;
            case HistogramRecord histogram:
                Add(histogram, metrics);
                break;
            case AttributesRecord attributes:
                Add(attributes);
                break;
            case EnvironmentAttributesRecord { Episode: null } attributes:
                foreach ((string path, object? value) in attributes.Values)
                {
                    facts.SetTag(MetricKeys.Clean($"environment/{attributes.Environment}/{path}"), MlflowText.Of(value, MlflowText.LongestTag));
                }

                break;
            case TagsRecord tags:
                Add(tags);
                break;
            case DescriptionRecord description:
                facts.SetTag("mlflow.note.content", MlflowText.Of(description.Text, MlflowText.LongestTag));
                break;
            case AnnotationRecord annotation:
                Add(annotation);
                break;
            default:
                Skipped++;
                break;
        }
    }

    private void Add(PointsRecord points, List<Metric> metrics)
    {
        string key = _keys.Of(points.Metric, points.Scale, points.Labels);
        ReadOnlySpan<double> values = points.Values.Span;
        for (int i = 0; i < values.Length; i++)
        {
            metrics.Add(Of(key, values[i], points.Timestamps.Span[i], points.Steps.Span[i]));
        }
    }

    /// <summary>MLflow knows no environments: it gets the mean over them and over the steps inside, at the training step.</summary>
    private void Add(RlPointsRecord points, List<Metric> metrics)
    {
        if (!points.Values.IsEmpty)
        {
            string key = _keys.Of(points.Metric, points.Scale, points.Labels);
            metrics.Add(Of(key, Mean(points.Values.Span), points.Timestamps.Span[^1], points.RlStep));
        }
    }

    /// <summary>MLflow knows no histograms: it gets how many values there are, between which edges, and their mean by the bins.</summary>
    private void Add(HistogramRecord histogram, List<Metric> metrics)
    {
        ReadOnlySpan<double> edges = histogram.Edges.Span;
        double count = 0, sum = 0, least = double.NaN, greatest = double.NaN;
        for (int i = 0; i < edges.Length - 1; i++)
        {
            if (histogram.Weight(i) is > 0 and double weight)
            {
                count += weight;
                sum += weight * (edges[i] + ((edges[i + 1] - edges[i]) / 2));
                least = double.IsNaN(least) ? edges[i] : least;
                greatest = edges[i + 1];
            }
        }

        foreach ((string part, double value) in (ReadOnlySpan<(string, double)>)
            [("count", count), ("min", least), ("max", greatest), ("mean", sum / count)])
        {
            metrics.Add(Of(_keys.Of(histogram.Metric, histogram.Scale, histogram.Labels, part), value, histogram.Timestamp, histogram.Step));
        }
    }

    private void Add(AttributesRecord attributes)
    {
        foreach ((string path, object? value) in attributes.Values)
        {
            if (path.StartsWith(ConfigPrefix, StringComparison.Ordinal))
            {
                facts.AddParam(MetricKeys.Clean(path[ConfigPrefix.Length..]), MlflowText.Of(value, MlflowText.LongestParameter));
            }
            else
            {
                facts.SetTag(path == GitCommit ? "mlflow.source.git.commit" : MetricKeys.Clean(path), MlflowText.Of(value, MlflowText.LongestTag));
            }
        }
    }

    /// <summary>MLflow's tags have values; that of a tag without one is true.</summary>
    private void Add(TagsRecord tags)
    {
        foreach (string gone in tags.Replaces ? [.. _tags.Except(tags.Added)] : tags.Removed)
        {
            _tags.Remove(gone);
            facts.DeleteTag(MetricKeys.Clean(gone));
        }

        foreach (string tag in tags.Added)
        {
            _tags.Add(tag);
            facts.SetTag(MetricKeys.Clean(tag), "true");
        }
    }

    /// <summary>All annotations are lines of one tag, the newest on top: a tag for each would bury all others.</summary>
    private void Add(AnnotationRecord annotation)
    {
        string step = annotation.Step is { } at ? string.Create(CultureInfo.InvariantCulture, $" at step {at}") : "";
        string line = string.Create(CultureInfo.InvariantCulture, $"{annotation.Time:yyyy-MM-dd HH:mm:ss}{step}: {annotation.Text}");
        _annotations = MlflowText.Of($"{line}\n{_annotations}", MlflowText.LongestTag);
        facts.SetTag(Annotations, _annotations);
    }

    /// <summary>A time before 1970 would fail the whole request.</summary>
    private static Metric Of(string key, double value, long timestamp, long step) => new(key, value, Math.Max(0, timestamp), step);

    private static double Mean(ReadOnlySpan<double> values)
    {
        double sum = 0;
        int count = 0;
        foreach (double value in values)
        {
            if (!double.IsNaN(value))
            {
                sum += value;
                count++;
            }
        }

        return count == 0 ? double.NaN : sum / count;
    }
}
