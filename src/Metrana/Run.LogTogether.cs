using Metrana.Backends;
using Metrana.Native;

namespace Metrana;

public sealed partial class Run
{
    /// <summary>Logs one value for each of several metrics, all of them or none: <c>run.Log(("train/loss", loss), ("train/accuracy", accuracy))</c>.</summary>
    /// <param name="metrics">The names of the metrics and their values.</param>
    /// <exception cref="MetricValidationException">A name breaks a rule. Nothing was logged.</exception>
    /// <exception cref="ObjectDisposedException">The run has ended.</exception>
    public void Log(params ReadOnlySpan<(string Metric, double Value)> metrics) => LogAll(metrics, default, null, default, default, null);

    /// <inheritdoc cref="Log(ReadOnlySpan{ValueTuple{string, double}})"/>
    public void Log(params (string Metric, double Value)[] metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        LogAll(metrics, default, null, default, default, null);
    }

    /// <summary>Logs one value for each of several metrics at the same step, all of them or none: <c>run.Log(step, ("a", a), ("b", b))</c>.</summary>
    /// <inheritdoc cref="Log(ReadOnlySpan{ValueTuple{string, double}})"/>
    /// <param name="step">The step of all of them.</param>
    /// <param name="metrics">The names of the metrics and their values.</param>
    public void Log(long step, params ReadOnlySpan<(string Metric, double Value)> metrics) =>
        LogAll(metrics, step, null, default, default, null);

    /// <inheritdoc cref="Log(long, ReadOnlySpan{ValueTuple{string, double}})"/>
    public void Log(long step, params (string Metric, double Value)[] metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        LogAll(metrics, step, null, default, default, null);
    }

    /// <summary>Logs one value for each of several metrics, all of them or none.</summary>
    /// <inheritdoc cref="Log(ReadOnlySpan{ValueTuple{string, double}})"/>
    /// <param name="metrics">The names of the metrics and their values, such as a dictionary.</param>
    /// <param name="step">The step of all of them; if omitted, each metric gets the step after its last.</param>
    /// <param name="scale">What a step counts; <see cref="Scale.MlStep"/> if omitted.</param>
    /// <param name="labels">The labels of all of them.</param>
    /// <param name="timestamp">When they were measured; now if omitted.</param>
    /// <param name="evaluation">Whether they belong to an evaluation: writes the label <c>evaluation</c> with <c>true</c> or <c>false</c>; no label if omitted.</param>
    public void Log(
        IEnumerable<KeyValuePair<string, double>> metrics,
        Steps step = default,
        string? scale = null,
        LabelSpan labels = default,
        Timestamps timestamp = default,
        bool? evaluation = null)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        (string, double)[] all = [.. metrics.Select(metric => (metric.Key, metric.Value))];
        LogAll(all, step, scale, labels, timestamp, evaluation);
    }

    /// <summary>Logs one value for each of several metrics at the same step, all of them or none.</summary>
    /// <inheritdoc cref="Log(ReadOnlySpan{ValueTuple{string, double}})"/>
    /// <param name="metrics">The names of the metrics and their values: <c>[("val/loss", loss), ("val/accuracy", accuracy)]</c>.</param>
    /// <param name="step">The step of all of them.</param>
    /// <param name="scale">What a step counts; <see cref="Scale.MlStep"/> if omitted.</param>
    /// <param name="labels">The labels of all of them.</param>
    /// <param name="timestamp">When they were measured; now if omitted.</param>
    /// <param name="evaluation">Whether they belong to an evaluation: writes the label <c>evaluation</c> with <c>true</c> or <c>false</c>; no label if omitted.</param>
    public void Log(
        ReadOnlySpan<(string Metric, double Value)> metrics,
        Steps step,
        string? scale = null,
        LabelSpan labels = default,
        Timestamps timestamp = default,
        bool? evaluation = null) => LogAll(metrics, step, scale, labels, timestamp, evaluation);

    /// <summary>
    /// Gives a step to every call inside the scope that does not specify one: <c>using (run.Step(epoch, "EPOCH")) { ... }</c>. The
    /// scope follows the code through <c>await</c>; other threads do not see it.
    /// </summary>
    /// <param name="step">The step.</param>
    /// <param name="scale">What the step counts; <see cref="Scale.MlStep"/> if omitted.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative.</exception>
#pragma warning disable CA1822 // It reads as a part of the run; that scopes of several runs are one is nobody's business.
    public StepScope Step(long step, string? scale = null) => StepScope.Begin(step, scale);
#pragma warning restore CA1822

    internal void LogAll(
        ReadOnlySpan<(string Metric, double Value)> metrics,
        Steps step,
        string? scale,
        LabelSpan labels,
        Timestamps timestamp,
        bool? evaluation)
    {
        Backend backend = Open();
        if (metrics.IsEmpty)
        {
            return;
        }

        StepScope.Apply(ref step, ref scale);
        StdCall shared = new()
        {
            Metric = "",
            Scale = Metrana.Scale.Of(scale),
            Labels = RunEvaluation.Mark(labels, evaluation),
            Steps = step,
            Timestamps = timestamp,
        };
        backend.LogTogether(shared, metrics);
        foreach ((string metric, double value) in metrics)
        {
            _summary.Note(metric, value);
        }
    }
}
