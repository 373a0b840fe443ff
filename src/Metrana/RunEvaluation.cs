using System.Numerics;
using Metrana.Native;

namespace Metrana;

/// <summary>
/// The evaluation view of a run, from <see cref="Run.Evaluation"/>: the metrics that are logged through it have names under
/// <c>eval/</c> and the label <c>evaluation=true</c>, and never mix with those of training.
/// </summary>
public sealed class RunEvaluation
{
    private const string Label = "evaluation";
    private const string True = "true";

    private const string False = "false";

    /// <summary>All series of a metric have the same label keys, so a metric of training cannot have labelled series beside it.</summary>
    private const string Prefix = "eval/";

    private static readonly Labels _yes = new((Label, True));
    private static readonly Labels _no = new((Label, False));

    private readonly Run _run;

    internal RunEvaluation(Run run) => _run = run;

    /// <inheritdoc cref="Run.Log(string, MetricValue, Steps, string?, LabelSpan, Timestamps, bool?)"/>
    public void Log(
        string metric, MetricValue value, Steps step = default, string? scale = null, LabelSpan labels = default, Timestamps timestamp = default) =>
        _run.Log(Own(metric), value, step, scale, labels, timestamp, evaluation: true);

    /// <inheritdoc cref="Run.Log(ReadOnlySpan{ValueTuple{string, double}})"/>
    public void Log(params ReadOnlySpan<(string Metric, double Value)> metrics) => LogAll(metrics, default, null, default, default);

    /// <inheritdoc cref="Run.Log(ValueTuple{string, double}[])"/>
    public void Log(params (string Metric, double Value)[] metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        LogAll(metrics, default, null, default, default);
    }

    /// <inheritdoc cref="Run.Log(long, ReadOnlySpan{ValueTuple{string, double}})"/>
    public void Log(long step, params ReadOnlySpan<(string Metric, double Value)> metrics) => LogAll(metrics, step, null, default, default);

    /// <inheritdoc cref="Run.Log(long, ValueTuple{string, double}[])"/>
    public void Log(long step, params (string Metric, double Value)[] metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        LogAll(metrics, step, null, default, default);
    }

    /// <inheritdoc cref="Run.Log(IEnumerable{KeyValuePair{string, double}}, Steps, string?, LabelSpan, Timestamps, bool?)"/>
    public void Log(
        IEnumerable<KeyValuePair<string, double>> metrics,
        Steps step = default,
        string? scale = null,
        LabelSpan labels = default,
        Timestamps timestamp = default)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        LogAll([.. metrics.Select(metric => (metric.Key, metric.Value))], step, scale, labels, timestamp);
    }

    /// <inheritdoc cref="Run.Log(ReadOnlySpan{ValueTuple{string, double}}, Steps, string?, LabelSpan, Timestamps, bool?)"/>
    public void Log(
        ReadOnlySpan<(string Metric, double Value)> metrics,
        Steps step,
        string? scale = null,
        LabelSpan labels = default,
        Timestamps timestamp = default) => LogAll(metrics, step, scale, labels, timestamp);

    /// <inheritdoc cref="Run.LogDistributed(string, MetricValue, Steps, string?, LabelSpan, Timestamps, bool?)"/>
    public void LogDistributed(
        string metric, MetricValue value, Steps step, string? scale = null, LabelSpan labels = default, Timestamps timestamp = default) =>
        _run.LogDistributed(Own(metric), value, step, scale, labels, timestamp, evaluation: true);

    /// <inheritdoc cref="Run.LogEpisode(string, double, long, long?, string?, LabelSpan, RlTimestamps, bool?)"/>
    public void LogEpisode(
        string metric,
        double value,
        long rlStep,
        long? episode = null,
        string? environment = null,
        LabelSpan labels = default,
        RlTimestamps timestamp = default) =>
        _run.LogEpisode(Own(metric), value, rlStep, episode, environment, labels, timestamp, evaluation: true);

    /// <inheritdoc cref="Run.LogEpisode(string, bool, long, long?, string?, LabelSpan, RlTimestamps, bool?)"/>
    public void LogEpisode(
        string metric,
        bool value,
        long rlStep,
        long? episode = null,
        string? environment = null,
        LabelSpan labels = default,
        RlTimestamps timestamp = default) =>
        _run.LogEpisode(Own(metric), value, rlStep, episode, environment, labels, timestamp, evaluation: true);

    /// <inheritdoc cref="Run.LogEpisode(string, Values, long, EnvironmentSpan, Episodes, ReadOnlySpan{bool}, LabelSpan, RlTimestamps, bool?)"/>
    public void LogEpisode(
        string metric,
        Values values,
        long rlStep,
        EnvironmentSpan environments,
        Episodes episodes = default,
        ReadOnlySpan<bool> where = default,
        LabelSpan labels = default,
        RlTimestamps timestamp = default) =>
        _run.LogEpisode(Own(metric), values, rlStep, environments, episodes, where, labels, timestamp, evaluation: true);

    /// <inheritdoc cref="Run.LogEnvironmentStep(string, double, long, long?, string?, long?, LabelSpan, RlTimestamps, bool?, StepStrategy)"/>
    public void LogEnvironmentStep(
        string metric,
        double value,
        long rlStep,
        long? episode = null,
        string? environment = null,
        long? step = null,
        LabelSpan labels = default,
        RlTimestamps timestamp = default,
        StepStrategy strategy = StepStrategy.WithinRlStep) =>
        _run.LogEnvironmentStep(Own(metric), value, rlStep, episode, environment, step, labels, timestamp, evaluation: true, strategy);

    /// <inheritdoc cref="Run.LogEnvironmentStep(string, bool, long, long?, string?, long?, LabelSpan, RlTimestamps, bool?, StepStrategy)"/>
    public void LogEnvironmentStep(
        string metric,
        bool value,
        long rlStep,
        long? episode = null,
        string? environment = null,
        long? step = null,
        LabelSpan labels = default,
        RlTimestamps timestamp = default,
        StepStrategy strategy = StepStrategy.WithinRlStep) =>
        _run.LogEnvironmentStep(Own(metric), value, rlStep, episode, environment, step, labels, timestamp, evaluation: true, strategy);

    /// <inheritdoc cref="Run.LogEnvironmentStep(string, Values, long, EnvironmentSpan, Episodes, EnvironmentSteps, int?, ReadOnlySpan{bool}, LabelSpan, RlTimestamps, bool?, StepStrategy)"/>
    public void LogEnvironmentStep(
        string metric,
        Values values,
        long rlStep,
        EnvironmentSpan environments,
        Episodes episodes = default,
        EnvironmentSteps steps = default,
        int? width = null,
        ReadOnlySpan<bool> where = default,
        LabelSpan labels = default,
        RlTimestamps timestamp = default,
        StepStrategy strategy = StepStrategy.WithinRlStep) =>
        _run.LogEnvironmentStep(
            Own(metric), values, rlStep, environments, episodes, steps, width, where, labels, timestamp, evaluation: true, strategy);

    /// <inheritdoc cref="Run.LogEnvironmentStep{T}(string, T[,], long, EnvironmentSpan, Episodes, EnvironmentSteps, ReadOnlySpan{bool}, LabelSpan, RlTimestamps, bool?, StepStrategy)"/>
    public void LogEnvironmentStep<T>(
        string metric,
        T[,] values,
        long rlStep,
        EnvironmentSpan environments,
        Episodes episodes = default,
        EnvironmentSteps steps = default,
        ReadOnlySpan<bool> where = default,
        LabelSpan labels = default,
        RlTimestamps timestamp = default,
        StepStrategy strategy = StepStrategy.WithinRlStep)
        where T : struct, INumberBase<T> =>
        _run.LogEnvironmentStep(
            Own(metric), values, rlStep, environments, episodes, steps, where, labels, timestamp, evaluation: true, strategy);

    /// <inheritdoc cref="Run.LogHistogram(string, Values, long, int, string?, LabelSpan, Timestamps, bool?)"/>
    public void LogHistogram(
        string metric, Values values, long step, int bins = 64, string? scale = null, LabelSpan labels = default, Timestamps timestamp = default) =>
        _run.LogHistogram(Own(metric), values, step, bins, scale, labels, timestamp, evaluation: true);

    /// <inheritdoc cref="Run.LogHistogram(string, Values, Counts, long, string?, LabelSpan, Timestamps, bool?)"/>
    public void LogHistogram(
        string metric, Values edges, Counts counts, long step, string? scale = null, LabelSpan labels = default, Timestamps timestamp = default) =>
        _run.LogHistogram(Own(metric), edges, counts, step, scale, labels, timestamp, evaluation: true);

    /// <inheritdoc cref="Run.LogHistogram(string, Histogram, long, string?, LabelSpan, Timestamps, bool?)"/>
    public void LogHistogram(
        string metric, Histogram histogram, long step, string? scale = null, LabelSpan labels = default, Timestamps timestamp = default) =>
        _run.LogHistogram(Own(metric), histogram, step, scale, labels, timestamp, evaluation: true);

    /// <inheritdoc cref="Run.LogScatter(string, Values, Values, long, AxisTitles, string?, LabelSpan, Timestamps, bool?)"/>
    public void LogScatter(
        string metric,
        Values xs,
        Values ys,
        long step,
        AxisTitles titles = default,
        string? scale = null,
        LabelSpan labels = default,
        Timestamps timestamp = default) =>
        _run.LogScatter(Own(metric), xs, ys, step, titles, scale, labels, timestamp, evaluation: true);

    /// <inheritdoc cref="Run.LogScatter(string, Values, Values, Values, long, AxisTitles, string?, LabelSpan, Timestamps, bool?)"/>
    public void LogScatter(
        string metric,
        Values xs,
        Values ys,
        Values zs,
        long step,
        AxisTitles titles = default,
        string? scale = null,
        LabelSpan labels = default,
        Timestamps timestamp = default) =>
        _run.LogScatter(Own(metric), xs, ys, zs, step, titles, scale, labels, timestamp, evaluation: true);

    /// <inheritdoc cref="Run.Series(string, string?, LabelSpan, bool?)"/>
    public Series Series(string metric, string? scale = null, LabelSpan labels = default) =>
        _run.Series(Own(metric), scale, labels, evaluation: true);

    /// <inheritdoc cref="Run.RlSeries(string, string?, LabelSpan, bool?, StepStrategy)"/>
    public RlSeries RlSeries(
        string metric, string? scale = null, LabelSpan labels = default, StepStrategy strategy = StepStrategy.WithinRlStep) =>
        _run.RlSeries(Own(metric), scale, labels, evaluation: true, strategy);

    /// <inheritdoc cref="Run.TrackEpisodes(int, int, EpisodeTrackerOptions?)"/>
    public EpisodeTracker TrackEpisodes(int environments, int first = 0, EpisodeTrackerOptions? options = null) =>
        _run.TrackEpisodes(environments, first, (options ?? new EpisodeTrackerOptions()).OfEvaluation());

    /// <inheritdoc cref="Run.TrackEpisodes(IEnumerable{string}, EpisodeTrackerOptions?)"/>
    public EpisodeTracker TrackEpisodes(IEnumerable<string> environments, EpisodeTrackerOptions? options = null) =>
        _run.TrackEpisodes(environments, (options ?? new EpisodeTrackerOptions()).OfEvaluation());

    internal void LogAll(
        ReadOnlySpan<(string Metric, double Value)> metrics, Steps step, string? scale, LabelSpan labels, Timestamps timestamp)
    {
        (string, double)[] own = new (string, double)[metrics.Length];
        for (int i = 0; i < own.Length; i++)
        {
            own[i] = (Own(metrics[i].Metric), metrics[i].Value);
        }

        _run.LogAll(own, step, scale, labels, timestamp, evaluation: true);
    }

    /// <summary>The labels with the mark of an evaluation, unless they say something about it themselves.</summary>
    internal static LabelSpan Mark(LabelSpan labels, bool? evaluation)
    {
        if (evaluation is not { } given)
        {
            return labels;
        }

        if (labels.Count == 0)
        {
            return given ? _yes : _no;
        }

        List<KeyValuePair<string, string>> all = new(labels.Count + 1);
        foreach ((string key, string value) in labels)
        {
            if (key == Label)
            {
                return labels;
            }

            all.Add(KeyValuePair.Create(key, value));
        }

        all.Add(KeyValuePair.Create(Label, given ? True : False));
        return new Labels(all);
    }

    /// <summary>Whether a refusal is about the keys of labels.</summary>
    internal static bool IsAbout(MetricValidationException refusal) => refusal.Message.Contains("label keys", StringComparison.Ordinal);

    /// <summary>What a refusal says about evaluation, where that is what it is about.</summary>
    internal static MetricValidationException Explain(MetricValidationException refusal) => new(
        refusal.StatusCode,
        $"{refusal.Message}. All series of a metric have the same label keys: log its training values with 'evaluation: false' from the start, or use run.Evaluation, which has metrics of its own.",
        refusal.GrpcStatus,
        refusal);

    /// <summary>The name of a metric of evaluation.</summary>
    internal static string Own(string metric)
    {
        ArgumentNullException.ThrowIfNull(metric);
        return Prefix + metric;
    }
}
