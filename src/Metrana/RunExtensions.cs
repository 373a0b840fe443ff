using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using Metrana.Native;

namespace Metrana;

/// <summary>
/// Log calls for values that are neither numbers nor arrays, spans or lists of them: objects, collections, and numbers of rare
/// types. They read like members of a run. As extension methods they rank after the members, so that no call is ambiguous.
/// </summary>
public static class RunExtensions
{
    /// <summary>
    /// Logs the properties of an object, or the entries of a dictionary, as metrics, all of them or none:
    /// <c>run.Log(new { loss, accuracy }, step: epoch)</c>. Null is left out; anything else that is not a number is refused.
    /// </summary>
    /// <inheritdoc cref="Run.Log(IEnumerable{KeyValuePair{string, double}}, Steps, string?, LabelSpan, Timestamps, bool?)"/>
    /// <param name="run">The run.</param>
    /// <param name="metrics">
    /// An anonymous object or a record, whose property names are the names of the metrics, or a dictionary of numbers of any type.
    /// </param>
    /// <param name="step">The step of all of them; if omitted, each metric gets the step after its last.</param>
    /// <param name="scale">What a step counts; <see cref="Scale.MlStep"/> if omitted.</param>
    /// <param name="labels">The labels of all of them.</param>
    /// <param name="timestamp">When they were measured; now if omitted.</param>
    /// <param name="evaluation">Whether they belong to an evaluation: writes the label <c>evaluation</c> with <c>true</c> or <c>false</c>; no label if omitted.</param>
    /// <exception cref="ArgumentException">A property is not a number. Nothing was logged.</exception>
    public static void Log<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T>(
        this Run run,
        T metrics,
        Steps step = default,
        string? scale = null,
        LabelSpan labels = default,
        Timestamps timestamp = default,
        bool? evaluation = null)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(metrics);
        run.LogAll(MetricObject.Read(metrics), step, scale, labels, timestamp, evaluation);
    }

    /// <summary>Logs the values of a collection, all of them or none.</summary>
    /// <inheritdoc cref="Run.Log(string, MetricValue, Steps, string?, LabelSpan, Timestamps, bool?)"/>
    /// <param name="run">The run.</param>
    /// <param name="metric">The name of the metric, such as <c>train/loss</c>.</param>
    /// <param name="values">The values, of any type of number. An empty collection logs nothing.</param>
    /// <param name="step">Their steps: the first one, or one for each; if omitted, they continue after the last.</param>
    /// <param name="scale">What a step counts; <see cref="Scale.MlStep"/> if omitted.</param>
    /// <param name="labels">The labels that distinguish this series from others of the metric.</param>
    /// <param name="timestamp">When they were measured: one time for all, or one for each; now if omitted.</param>
    /// <param name="evaluation">Whether they belong to an evaluation: writes the label <c>evaluation</c> with <c>true</c> or <c>false</c>; no label if omitted.</param>
    public static void Log<T>(
        this Run run,
        string metric,
        IReadOnlyCollection<T> values,
        Steps step = default,
        string? scale = null,
        LabelSpan labels = default,
        Timestamps timestamp = default,
        bool? evaluation = null)
        where T : struct, INumberBase<T>
    {
        ArgumentNullException.ThrowIfNull(run);
        run.Log(metric, Values.Of(Numbers.Span(values)), step, scale, labels, timestamp, evaluation);
    }

    /// <summary>Logs one value of a number type that has no conversion of its own, such as <see cref="BigInteger"/>.</summary>
    /// <inheritdoc cref="Run.Log(string, MetricValue, Steps, string?, LabelSpan, Timestamps, bool?)"/>
    /// <param name="run">The run.</param>
    /// <param name="metric">The name of the metric, such as <c>train/loss</c>.</param>
    /// <param name="value">The value.</param>
    /// <param name="step">Its step; if omitted, the one after the last of the series.</param>
    /// <param name="scale">What a step counts; <see cref="Scale.MlStep"/> if omitted.</param>
    /// <param name="labels">The labels that distinguish this series from others of the metric.</param>
    /// <param name="timestamp">When it was measured; now if omitted.</param>
    /// <param name="evaluation">Whether it belongs to an evaluation: writes the label <c>evaluation</c> with <c>true</c> or <c>false</c>; no label if omitted.</param>
    public static void Log<T>(
        this Run run,
        string metric,
        T value,
        Steps step = default,
        string? scale = null,
        LabelSpan labels = default,
        Timestamps timestamp = default,
        bool? evaluation = null)
        where T : struct, INumberBase<T>
    {
        ArgumentNullException.ThrowIfNull(run);
        run.Log(metric, Exact.ToDouble(value), step, scale, labels, timestamp, evaluation);
    }

    /// <summary>Logs the values of a collection to a series that several processes log to, all of them or none.</summary>
    /// <inheritdoc cref="Run.LogDistributed(string, MetricValue, Steps, string?, LabelSpan, Timestamps, bool?)"/>
    /// <param name="run">The run.</param>
    /// <param name="metric">The name of the metric.</param>
    /// <param name="values">The values, of any type of number.</param>
    /// <param name="step">Their steps: the first one, or one for each.</param>
    /// <param name="scale">What a step counts; <see cref="Scale.MlStep"/> if omitted.</param>
    /// <param name="labels">The labels that distinguish this series from others of the metric.</param>
    /// <param name="timestamp">When they were measured: one time for all, or one for each; now if omitted.</param>
    /// <param name="evaluation">Whether they belong to an evaluation: writes the label <c>evaluation</c> with <c>true</c> or <c>false</c>; no label if omitted.</param>
    public static void LogDistributed<T>(
        this Run run,
        string metric,
        IReadOnlyCollection<T> values,
        Steps step,
        string? scale = null,
        LabelSpan labels = default,
        Timestamps timestamp = default,
        bool? evaluation = null)
        where T : struct, INumberBase<T>
    {
        ArgumentNullException.ThrowIfNull(run);
        run.LogDistributed(metric, Values.Of(Numbers.Span(values)), step, scale, labels, timestamp, evaluation);
    }

    /// <summary>Logs the values of a collection, all of them or none.</summary>
    /// <inheritdoc cref="Series.Log(Values, Steps, Timestamps)"/>
    /// <param name="series">The series.</param>
    /// <param name="values">The values, of any type of number. An empty collection logs nothing.</param>
    /// <param name="step">Their steps: the first one, or one for each; if omitted, they continue after the last.</param>
    /// <param name="timestamp">When they were measured: one time for all, or one for each; now if omitted.</param>
    public static void Log<T>(this Series series, IReadOnlyCollection<T> values, Steps step = default, Timestamps timestamp = default)
        where T : struct, INumberBase<T>
    {
        ArgumentNullException.ThrowIfNull(series);
        series.Log(Values.Of(Numbers.Span(values)), step, timestamp);
    }

    /// <summary>Logs the properties of an object as evaluation metrics, all of them or none.</summary>
    /// <inheritdoc cref="Log{T}(Run, T, Steps, string?, LabelSpan, Timestamps, bool?)"/>
    /// <param name="evaluation">The <see cref="Run.Evaluation"/> of the run.</param>
    /// <param name="metrics">
    /// An anonymous object or a record, whose property names are the names of the metrics, or a dictionary of numbers of any type.
    /// </param>
    /// <param name="step">The step of all of them; if omitted, each metric gets the step after its last.</param>
    /// <param name="scale">What a step counts; <see cref="Scale.MlStep"/> if omitted.</param>
    /// <param name="labels">The labels of all of them.</param>
    /// <param name="timestamp">When they were measured; now if omitted.</param>
    public static void Log<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T>(
        this RunEvaluation evaluation,
        T metrics,
        Steps step = default,
        string? scale = null,
        LabelSpan labels = default,
        Timestamps timestamp = default)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(evaluation);
        ArgumentNullException.ThrowIfNull(metrics);
        evaluation.LogAll(MetricObject.Read(metrics), step, scale, labels, timestamp);
    }

    /// <summary>Logs the values of a collection as an evaluation metric, all of them or none.</summary>
    /// <inheritdoc cref="Log{T}(Run, string, IReadOnlyCollection{T}, Steps, string?, LabelSpan, Timestamps, bool?)"/>
    /// <param name="evaluation">The <see cref="Run.Evaluation"/> of the run.</param>
    /// <param name="metric">The name of the metric.</param>
    /// <param name="values">The values, of any type of number. An empty collection logs nothing.</param>
    /// <param name="step">Their steps: the first one, or one for each; if omitted, they continue after the last.</param>
    /// <param name="scale">What a step counts; <see cref="Scale.MlStep"/> if omitted.</param>
    /// <param name="labels">The labels that distinguish this series from others of the metric.</param>
    /// <param name="timestamp">When they were measured: one time for all, or one for each; now if omitted.</param>
    public static void Log<T>(
        this RunEvaluation evaluation,
        string metric,
        IReadOnlyCollection<T> values,
        Steps step = default,
        string? scale = null,
        LabelSpan labels = default,
        Timestamps timestamp = default)
        where T : struct, INumberBase<T>
    {
        ArgumentNullException.ThrowIfNull(evaluation);
        evaluation.Log(metric, Values.Of(Numbers.Span(values)), step, scale, labels, timestamp);
    }

    /// <summary>Logs one value of a number type that has no conversion of its own as an evaluation metric.</summary>
    /// <inheritdoc cref="Log{T}(Run, string, T, Steps, string?, LabelSpan, Timestamps, bool?)"/>
    /// <param name="evaluation">The <see cref="Run.Evaluation"/> of the run.</param>
    /// <param name="metric">The name of the metric.</param>
    /// <param name="value">The value.</param>
    /// <param name="step">Its step; if omitted, the one after the last of the series.</param>
    /// <param name="scale">What a step counts; <see cref="Scale.MlStep"/> if omitted.</param>
    /// <param name="labels">The labels that distinguish this series from others of the metric.</param>
    /// <param name="timestamp">When it was measured; now if omitted.</param>
    public static void Log<T>(
        this RunEvaluation evaluation,
        string metric,
        T value,
        Steps step = default,
        string? scale = null,
        LabelSpan labels = default,
        Timestamps timestamp = default)
        where T : struct, INumberBase<T>
    {
        ArgumentNullException.ThrowIfNull(evaluation);
        evaluation.Log(metric, Exact.ToDouble(value), step, scale, labels, timestamp);
    }

    /// <summary>Logs the values of a collection to an evaluation series that several processes log to, all of them or none.</summary>
    /// <inheritdoc cref="LogDistributed{T}(Run, string, IReadOnlyCollection{T}, Steps, string?, LabelSpan, Timestamps, bool?)"/>
    /// <param name="evaluation">The <see cref="Run.Evaluation"/> of the run.</param>
    /// <param name="metric">The name of the metric.</param>
    /// <param name="values">The values, of any type of number.</param>
    /// <param name="step">Their steps: the first one, or one for each.</param>
    /// <param name="scale">What a step counts; <see cref="Scale.MlStep"/> if omitted.</param>
    /// <param name="labels">The labels that distinguish this series from others of the metric.</param>
    /// <param name="timestamp">When they were measured: one time for all, or one for each; now if omitted.</param>
    public static void LogDistributed<T>(
        this RunEvaluation evaluation,
        string metric,
        IReadOnlyCollection<T> values,
        Steps step,
        string? scale = null,
        LabelSpan labels = default,
        Timestamps timestamp = default)
        where T : struct, INumberBase<T>
    {
        ArgumentNullException.ThrowIfNull(evaluation);
        evaluation.LogDistributed(metric, Values.Of(Numbers.Span(values)), step, scale, labels, timestamp);
    }
}
