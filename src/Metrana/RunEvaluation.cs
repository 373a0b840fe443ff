using Metrana.Native;

namespace Metrana;

/// <summary>
/// A run as <see cref="Run.Evaluation"/> shows it: the metrics that are logged through it have names under <c>eval/</c> and
/// the label <c>evaluation=true</c>, and never mix with those of training.
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

    /// <inheritdoc cref="Run.Log(ValueTuple{string, double}[])"/>
    public void Log(params (string Metric, double Value)[] metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        LogAll(metrics, default, null, default, default);
    }

    /// <inheritdoc cref="Run.Log(long, ValueTuple{string, double}[])"/>
    public void Log(long step, params (string Metric, double Value)[] metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        LogAll(metrics, step, null, default, default);
    }

    /// <inheritdoc cref="Run.LogEpisode(string, double, long, long?, string?, LabelSpan, RlTimestamps, bool?)"/>
    public void LogEpisode(string metric, double value, long rlStep, long? episode = null, string? environment = null, LabelSpan labels = default) =>
        _run.LogEpisode(Own(metric), value, rlStep, episode, environment, labels, evaluation: true);

    /// <inheritdoc cref="Run.LogEpisode(string, Values, long, EnvironmentSpan, Episodes, ReadOnlySpan{bool}, LabelSpan, RlTimestamps, bool?)"/>
    public void LogEpisode(
        string metric,
        Values values,
        long rlStep,
        EnvironmentSpan environments,
        Episodes episodes = default,
        ReadOnlySpan<bool> where = default,
        LabelSpan labels = default) =>
        _run.LogEpisode(Own(metric), values, rlStep, environments, episodes, where, labels, evaluation: true);

    /// <inheritdoc cref="Run.LogEnvironmentStep(string, double, long, long?, string?, long?, LabelSpan, RlTimestamps, bool?, StepStrategy)"/>
    public void LogEnvironmentStep(
        string metric, double value, long rlStep, long? episode = null, string? environment = null, long? step = null, LabelSpan labels = default) =>
        _run.LogEnvironmentStep(Own(metric), value, rlStep, episode, environment, step, labels, evaluation: true);

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
        LabelSpan labels = default) =>
        _run.LogEnvironmentStep(Own(metric), values, rlStep, environments, episodes, steps, width, where, labels, evaluation: true);

    /// <inheritdoc cref="Run.LogHistogram(string, Values, long, int, string?, LabelSpan, Timestamps, bool?)"/>
    public void LogHistogram(
        string metric, Values values, long step, int bins = 64, string? scale = null, LabelSpan labels = default, Timestamps timestamp = default) =>
        _run.LogHistogram(Own(metric), values, step, bins, scale, labels, timestamp, evaluation: true);

    /// <inheritdoc cref="Run.TrackEpisodes(int, int, EpisodeTrackerOptions?)"/>
    public EpisodeTracker TrackEpisodes(int environments, int first = 0, EpisodeTrackerOptions? options = null) =>
        _run.TrackEpisodes(environments, first, (options ?? new EpisodeTrackerOptions()).OfEvaluation());

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
