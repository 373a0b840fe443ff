using Metrana.Mirrors;

namespace Metrana.TensorBoard;

/// <summary>What series are called in TensorBoard, which knows names alone: no labels and no scales.</summary>
internal sealed class Tags
{
    private const string Evaluation = "evaluation";

    /// <summary>Which scale has the plain name; another one of the same name is told apart by its own.</summary>
    private readonly Dictionary<string, string> _scales = new(StringComparer.Ordinal);

    /// <param name="record">What was logged.</param>
    /// <param name="environment">Whose values these are, where each environment has a line of its own.</param>
    public string Of(MetricRecord record, string? environment = null)
    {
        // An evaluation's metrics are called eval/... already.
        IEnumerable<string> labels = record.Labels
            .Where(label => label.Key != Evaluation || !record.Metric.StartsWith("eval/", StringComparison.Ordinal))
            .OrderBy(label => label.Key, StringComparer.Ordinal)
            .Select(label => $"{label.Key}={label.Value}");
        string told = string.Join(',', environment is null ? labels : labels.Append($"environment={environment}"));
        string tag = told.Length == 0 ? record.Metric : $"{record.Metric}/{told}";
        _scales.TryAdd(tag, record.Scale);
        return _scales[tag] == record.Scale ? tag : $"{tag} ({record.Scale})";
    }
}
