using System.Numerics;
using Metrana.Backends;
using Metrana.Native;

namespace Metrana;

/// <summary>
/// A series for a hot loop, made once by <see cref="Run.Series(string, string, LabelSpan, bool?)"/>: a call passes no names
/// and allocates nothing. Any number of threads may use it at the same time. It does not need to be disposed.
/// </summary>
public sealed class Series
{
    private readonly Run _run;
    private readonly Native.Scale _scale;
    private readonly Labels _labels;
    private readonly Trend? _trend;

    /// <summary>The engine's own, where there is an engine that takes calls.</summary>
    private volatile Native.Series? _handle;

    internal Series(Run run, string metric, Native.Scale scale, Labels labels, Trend? trend)
    {
        _run = run;
        Metric = metric;
        _scale = scale;
        _labels = labels;
        _trend = trend;

        // At once where that can be, so that a name that breaks a rule is told here.
        _handle = run.Open().FindHandle(metric, scale, labels);
    }

    /// <summary>Whether calls go straight to the engine.</summary>
    internal bool IsNative => _handle is not null;

    /// <summary>The name of the metric.</summary>
    public string Metric { get; }

    /// <summary>Logs values, all of them or none.</summary>
    /// <param name="values">
    /// The values: an array, span or list of numbers of any type. A <see cref="bool"/> is 1 or 0; null logs nothing and uses up no step.
    /// </param>
    /// <param name="step">Their steps: the first one, or one for each; if omitted, they continue after the last.</param>
    /// <param name="timestamp">When they were measured: one time for all, or one for each; now if omitted.</param>
    /// <exception cref="MetricValidationException">There are not as many steps or timestamps as values. Nothing was logged.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A step is negative, or a double cannot represent a value. Nothing was logged.</exception>
    /// <exception cref="ObjectDisposedException">The run has ended.</exception>
    public void Log(Values values, Steps step = default, Timestamps timestamp = default) => LogValues(values, step, timestamp);

    /// <summary>Logs one value, now, at the step after the last of the series or that of <see cref="Run.Step(long, string)"/>.</summary>
    /// <param name="value">The value. NaN and infinities are allowed.</param>
    /// <exception cref="ObjectDisposedException">The run has ended.</exception>
    public void Log(double value)
    {
        if (StepScope.IsAnyOpen || _run.HasEnded || !TryLog(value))
        {
            LogValues(Values.One(value), default, default);
        }
    }

    /// <summary>Logs one value.</summary>
    /// <param name="value">The value. NaN and infinities are allowed.</param>
    /// <param name="step">Its step.</param>
    /// <param name="timestamp">When it was measured; now if omitted.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative.</exception>
    /// <exception cref="ObjectDisposedException">The run has ended.</exception>
    public void Log(double value, Steps step, Timestamps timestamp = default) => LogValues(Values.One(value), step, timestamp);

    /// <summary>Logs one number of any type.</summary>
    /// <inheritdoc cref="Log(double, Steps, Timestamps)"/>
    /// <param name="value">The value. A whole number that a double cannot represent is refused rather than rounded.</param>
    /// <param name="step">Its step; if omitted, the one after the last of the series, or that of <see cref="Run.Step(long, string)"/>.</param>
    /// <param name="timestamp">When it was measured; now if omitted.</param>
    public void Log<T>(T value, Steps step = default, Timestamps timestamp = default)
        where T : struct, INumberBase<T> => LogValues(Values.One(Exact.ToDouble(value)), step, timestamp);

    /// <summary>The name of the metric.</summary>
    public override string ToString() => Metric;

    /// <summary>Logs by the engine's own handle; false where there is none.</summary>
    private bool TryLog(double value)
    {
        try
        {
            if ((_handle ?? FindHandle()) is not { } handle)
            {
                return false;
            }

            handle.Log(value);
        }
        catch (Exception e) when (_run.IsLate(e))
        {
            return true;
        }
        catch (MetranaException e) when (_run.Backend.Outlives(e))
        {
            _handle = null;
            return false;
        }

        _trend?.Note(value);
        return true;
    }

    /// <summary>What was not there when the series was made: the run waited for its service.</summary>
    private Native.Series? FindHandle() => _run.Backend.HasHandles ? _handle = _run.Backend.FindHandle(Metric, _scale, _labels) : null;

    private void LogValues(scoped in Values values, Steps step, Timestamps timestamp)
    {
        Backend backend = _run.Open();
        if (values.Count == 0)
        {
            return;
        }

        if (step.Kind == StepsKind.Auto && StepScope.TryFind(_scale.Name, out long scoped))
        {
            step = Steps.From(scoped);
        }

        StdCall call = new() { Metric = Metric, Scale = _scale, Labels = _labels, Steps = step, Timestamps = timestamp };
        if (Numbers.Log(backend, call, values) is { } last)
        {
            _trend?.Note(last);
        }
    }
}
