using System.Collections.Concurrent;
using Metrana.Native;

namespace Metrana;

public sealed partial class Run
{
    private readonly ConcurrentDictionary<string, Series> _timed = new(StringComparer.Ordinal);

    /// <summary>The one of them that was asked for last: a loop that times one section asks with the same text each time.</summary>
    private volatile Series? _timedLast;

    /// <summary>
    /// Gets a series for a hot loop: its calls pass no names and allocate nothing. The metric can then hold only ordinary values.
    /// </summary>
    /// <param name="metric">The name of the metric, such as <c>train/loss</c>.</param>
    /// <param name="scale">What a step counts; <see cref="Scale.MlStep"/> if omitted.</param>
    /// <param name="labels">The labels that distinguish this series from others of the metric.</param>
    /// <param name="evaluation">Whether it belongs to an evaluation: writes the label <c>evaluation</c> with <c>true</c> or <c>false</c>; no label if omitted.</param>
    /// <exception cref="MetricValidationException">A name or a label breaks a rule, or the metric holds other data.</exception>
    /// <exception cref="ObjectDisposedException">The run has ended.</exception>
    public Series Series(string metric, string? scale = null, LabelSpan labels = default, bool? evaluation = null)
    {
        ArgumentNullException.ThrowIfNull(metric);
        return new Series(this, metric, Metrana.Scale.Of(scale), Keep(RunEvaluation.Mark(labels, evaluation)), _summary.Of(metric));
    }

    /// <summary>Gets a reinforcement-learning series for a hot loop.</summary>
    /// <param name="metric">The name of the metric, such as <c>entropy</c>.</param>
    /// <param name="scale">What an environment step counts; <see cref="Scale.EnvironmentStep"/> if omitted.</param>
    /// <param name="labels">The labels that distinguish this series from others of the metric.</param>
    /// <param name="evaluation">Whether it belongs to an evaluation: writes the label <c>evaluation</c> with <c>true</c> or <c>false</c>; no label if omitted.</param>
    /// <param name="strategy">
    /// How environment steps are counted; within each training step and episode if omitted. The first call fixes it for each environment.
    /// </param>
    /// <exception cref="ObjectDisposedException">The run has ended.</exception>
    public RlSeries RlSeries(
        string metric,
        string? scale = null,
        LabelSpan labels = default,
        bool? evaluation = null,
        StepStrategy strategy = StepStrategy.WithinRlStep)
    {
        ArgumentNullException.ThrowIfNull(metric);
        _ = Open();
        return new RlSeries(
            this,
            metric,
            Metrana.Scale.Of(scale ?? Metrana.Scale.EnvironmentStep),
            Keep(RunEvaluation.Mark(labels, evaluation)),
            strategy);
    }

    /// <summary>Measures how long a section takes: <c>using (run.Time("train/step_seconds")) { ... }</c> logs the seconds.</summary>
    /// <param name="metric">The name of the metric.</param>
    /// <exception cref="MetricValidationException">The name breaks a rule, or the metric holds other data.</exception>
    /// <exception cref="ObjectDisposedException">The run has ended.</exception>
    public TimedSection Time(string metric)
    {
        ArgumentNullException.ThrowIfNull(metric);
        _ = Open();
        Series? series = _timedLast;
        if (!ReferenceEquals(series?.Metric, metric))
        {
            _timedLast = series = _timed.TryGetValue(metric, out Series? found) ? found : _timed.GetOrAdd(metric, Series(metric));
        }

        return new TimedSection(series!);
    }

    /// <summary>Labels that outlive the call.</summary>
    internal static Labels Keep(LabelSpan labels)
    {
        List<KeyValuePair<string, string>> all = [];
        foreach ((string key, string value) in labels)
        {
            all.Add(KeyValuePair.Create(key, value));
        }

        return all.Count == 0 ? Labels.None : new Labels(all);
    }
}
