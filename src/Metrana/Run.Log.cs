using Metrana.Backends;
using Metrana.Native;

namespace Metrana;

public sealed partial class Run
{
    /// <summary>Logs one or more values of a metric, all of them or none.</summary>
    /// <param name="metric">The name of the metric, such as <c>train/loss</c>.</param>
    /// <param name="value">
    /// A number, or an array, span or list of numbers, of any type: <see cref="double"/> and <see cref="float"/> keep their precision,
    /// all others are widened, and a <see cref="bool"/> is 1 or 0. NaN and infinities are allowed. Null logs nothing and
    /// uses up no step.
    /// </param>
    /// <param name="step">
    /// The step of the first value, or one step for each value; if omitted, that of <see cref="Step(long, string)"/>, or else the
    /// one after the last of the series.
    /// </param>
    /// <param name="scale">What a step counts; <see cref="Scale.MlStep"/> if omitted.</param>
    /// <param name="labels">The labels that distinguish this series from others of the metric, such as <c>("policy", "greedy")</c>.</param>
    /// <param name="timestamp">When it was measured: one time for all values, or one for each; now if omitted.</param>
    /// <param name="evaluation">Whether it belongs to an evaluation: writes the label <c>evaluation</c> with <c>true</c> or <c>false</c>; no label if omitted.</param>
    /// <exception cref="MetricValidationException">A name, a label or a number of steps breaks a rule. Nothing was logged.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A value is a whole number that a double cannot represent. Nothing was logged.</exception>
    /// <exception cref="ObjectDisposedException">The run has ended.</exception>
    public void Log(
        string metric,
        MetricValue value,
        Steps step = default,
        string? scale = null,
        LabelSpan labels = default,
        Timestamps timestamp = default,
        bool? evaluation = null) =>
        LogValues(metric, value.Values, step, scale, labels, timestamp, evaluation, distributed: false);

    /// <summary>
    /// Logs one or more values of a series that several processes log to at the same time, all of them or none. The points of the
    /// processes are merged by step, so the step is required. A metric on a scale is either always logged this way or never.
    /// </summary>
    /// <inheritdoc cref="Log(string, MetricValue, Steps, string?, LabelSpan, Timestamps, bool?)"/>
    /// <param name="metric">The name of the metric, such as <c>train/loss</c>.</param>
    /// <param name="value">A number, or an array, span or list of numbers, of any type.</param>
    /// <param name="step">The step of the first value, or one step for each value. A step means the same in all processes.</param>
    /// <param name="scale">What a step counts; <see cref="Scale.MlStep"/> if omitted.</param>
    /// <param name="labels">The labels that distinguish this series from others of the metric.</param>
    /// <param name="timestamp">When it was measured: one time for all values, or one for each; now if omitted.</param>
    /// <param name="evaluation">Whether it belongs to an evaluation: writes the label <c>evaluation</c> with <c>true</c> or <c>false</c>; no label if omitted.</param>
    public void LogDistributed(
        string metric,
        MetricValue value,
        Steps step,
        string? scale = null,
        LabelSpan labels = default,
        Timestamps timestamp = default,
        bool? evaluation = null) =>
        LogValues(metric, value.Values, step, scale, labels, timestamp, evaluation, distributed: true);

    /// <summary>Gets the last step of a series: the greatest that was logged, or that the service knew when the run was opened.</summary>
    /// <param name="metric">The name of the metric.</param>
    /// <param name="scale">What a step counts; <see cref="Scale.MlStep"/> if omitted.</param>
    /// <param name="labels">The labels of the series.</param>
    /// <param name="evaluation">Whether it is the series of an evaluation.</param>
    /// <returns>The step, or null when the series has no points.</returns>
    /// <exception cref="ObjectDisposedException">The run has ended.</exception>
    public long? GetLastStep(string metric, string? scale = null, LabelSpan labels = default, bool? evaluation = null) =>
        Open().GetLastStep(metric, Metrana.Scale.Of(scale), RunEvaluation.Mark(labels, evaluation));

    /// <summary>Logs a value that is not the program's own: no scope gives it a step, and no summary shows it.</summary>
    internal void LogQuietly(string metric, double value, LabelSpan labels) => Open().Log(
        new StdCall { Metric = metric, Scale = Native.Scale.MlStep, Labels = labels }, new ReadOnlySpan<double>(in value));

    private void LogValues(
        string metric,
        scoped in Values values,
        Steps step,
        string? scale,
        LabelSpan labels,
        Timestamps timestamp,
        bool? evaluation,
        bool distributed)
    {
        ArgumentNullException.ThrowIfNull(metric);
        Backend backend = Open();
        if (values.Count == 0)
        {
            return;
        }

        StepScope.Apply(ref step, ref scale);
        StdCall call = new()
        {
            Metric = metric,
            Scale = Metrana.Scale.Of(scale),
            Labels = RunEvaluation.Mark(labels, evaluation),
            Steps = step,
            Timestamps = timestamp,
            Distributed = distributed,
        };
        try
        {
            if (Numbers.Log(backend, call, values) is { } last)
            {
                _summary.Note(metric, last);
            }
        }
        catch (MetricValidationException e) when (evaluation is not null && RunEvaluation.IsAbout(e))
        {
            throw RunEvaluation.Explain(e);
        }
    }
}
