namespace Metrana.Tool.Importing;

/// <summary>
/// What a first reading finds: nothing is logged before everything was read without an error, and how a series is logged
/// depends on whether all its steps grow.
/// </summary>
internal sealed class ImportSurvey
{
    private readonly Dictionary<(string Run, string Metric, string? Scale, string Series), long> _lastSteps = [];
    private readonly HashSet<(string Run, string Metric, string? Scale)> _unordered = [];
    private readonly HashSet<(string Run, string Series)> _series = [];
    private readonly HashSet<string> _runs = new(StringComparer.Ordinal);

    public long Points { get; private set; }

    public IReadOnlyCollection<string> Runs => _runs;

    public int Series => _series.Count;

    public void Note(ImportItem item)
    {
        _runs.Add(item.Run);
        switch (item)
        {
            case ImportedPoint { Environment: null } point:
                Points++;
                _series.Add((item.Run, point.Series.Key));
                var key = (item.Run, point.Series.Metric, point.Series.Scale, point.Series.Key);
                if (_lastSteps.TryGetValue(key, out var last) && point.Step <= last)
                {
                    _unordered.Add((item.Run, point.Series.Metric, point.Series.Scale));
                }

                _lastSteps[key] = point.Step;
                break;
            case ImportedPoint point:
                Points++;
                _series.Add((item.Run, point.Series.Key));
                break;
            case ImportedHistogram histogram:
                Points++;
                _series.Add((item.Run, histogram.Series.Key));
                break;
            case ImportedScatter scatter:
                Points++;
                _series.Add((item.Run, scatter.Series.Key));
                break;
        }
    }

    /// <summary>Whether a step of the metric comes twice or late, so that the last point of each step counts.</summary>
    public bool IsUnordered(string run, ImportedSeries series) => _unordered.Contains((run, series.Metric, series.Scale));
}
