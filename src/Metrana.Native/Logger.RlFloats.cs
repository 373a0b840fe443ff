using System.Numerics;
using Metrana.Native.Interop;

namespace Metrana.Native;

public sealed partial class Logger
{
    /// <summary>
    /// Logs values of one reinforcement-learning series, for one or more environments: a row of values for one environment, one value
    /// for each of several, or a grid, row by row. The values are copied, all of them or none, and delivered in the background.
    /// </summary>
    /// <param name="metric">The name of the metric, such as <c>reward</c>.</param>
    /// <param name="scale">The unit that environment steps count.</param>
    /// <param name="values">The values, row by row; NaN and infinities are allowed. If empty, nothing is logged.</param>
    /// <param name="rlStep">The step of the training.</param>
    /// <param name="environments">
    /// The environments, one for each row. If an environment is named twice, its rows are logged one after the other.
    /// </param>
    /// <param name="episodes">Their episodes; none if omitted.</param>
    /// <param name="steps">Their environment steps; if omitted, they continue after the last.</param>
    /// <param name="width">
    /// The number of values of each environment. Required for a grid. If omitted, a single environment has all the values, and each
    /// of several environments has one.
    /// </param>
    /// <param name="labels">The labels that distinguish this series from others with the same metric and scale.</param>
    /// <param name="timestamps">When they were measured; now if omitted.</param>
    /// <param name="strategy">How environment steps are counted.</param>
    /// <param name="ordered">Whether points arrive in the order of their steps. If not, the steps must be given.</param>
    /// <exception cref="MetricValidationException">
    /// A name, a label or a step breaks a rule, or the numbers of values, environments, steps and episodes do not match. Nothing changed.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">The reinforcement-learning step or the width is negative.</exception>
    /// <exception cref="ArgumentException">The environments belong to another logger.</exception>
    /// <exception cref="QueueFullException">There was no room (<see cref="Backpressure.Raise"/>). Nothing was logged.</exception>
    /// <exception cref="LoggerClosedException">The logger was closed, before the call or during it. Nothing was logged.</exception>
    /// <exception cref="SenderException">Delivery failed for good, and the logger has stopped. Nothing was logged.</exception>
    /// <exception cref="ObjectDisposedException">The logger was disposed.</exception>
    public void LogRlFloats(
        string metric,
        Scale scale,
        Values values,
        long rlStep,
        EnvironmentSpan environments,
        Episodes episodes = default,
        EnvironmentSteps steps = default,
        int? width = null,
        LabelSpan labels = default,
        RlTimestamps timestamps = default,
        StepStrategy strategy = StepStrategy.WithinRlStep,
        bool ordered = true) =>
        LogRl(
            metric,
            scale,
            values,
            labels,
            new RlCall(metric, rlStep, environments, values.Count, width, episodes, steps, timestamps, strategy, ordered));

    /// <summary>Logs one value of a reinforcement-learning series in one environment.</summary>
    /// <inheritdoc cref="LogRlFloats(string, Scale, Values, long, EnvironmentSpan, Episodes, EnvironmentSteps, int?, LabelSpan, RlTimestamps, StepStrategy, bool)"/>
    /// <param name="metric">The name of the metric, such as <c>reward</c>.</param>
    /// <param name="scale">The unit that environment steps count.</param>
    /// <param name="value">The value; NaN and infinities are allowed.</param>
    /// <param name="rlStep">The step of the training.</param>
    /// <param name="environment">The name of the environment.</param>
    /// <param name="episodes">Its episode; none if omitted.</param>
    /// <param name="steps">Its environment step; the one after the last if omitted.</param>
    /// <param name="labels">The labels that distinguish this series from others with the same metric and scale.</param>
    /// <param name="timestamps">When it was measured; now if omitted.</param>
    /// <param name="strategy">How environment steps are counted.</param>
    /// <param name="ordered">Whether points arrive in the order of their steps. If not, the step must be given.</param>
    public void LogRlFloats(
        string metric,
        Scale scale,
        double value,
        long rlStep,
        string environment,
        Episodes episodes = default,
        EnvironmentSteps steps = default,
        LabelSpan labels = default,
        RlTimestamps timestamps = default,
        StepStrategy strategy = StepStrategy.WithinRlStep,
        bool ordered = true) =>
        LogRl(
            metric,
            scale,
            new ReadOnlySpan<double>(in value),
            labels,
            new RlCall(metric, rlStep, environment, 1, null, episodes, steps, timestamps, strategy, ordered));

    /// <summary>Logs one value, of any numeric type, of a reinforcement-learning series in one environment.</summary>
    /// <inheritdoc cref="LogRlFloats(string, Scale, double, long, string, Episodes, EnvironmentSteps, LabelSpan, RlTimestamps, StepStrategy, bool)"/>
    /// <param name="metric">The name of the metric, such as <c>reward</c>.</param>
    /// <param name="scale">The unit that environment steps count.</param>
    /// <param name="value">The value. An integer that a double cannot represent exactly is refused, not rounded.</param>
    /// <param name="rlStep">The step of the training.</param>
    /// <param name="environment">The name of the environment.</param>
    /// <param name="episodes">Its episode; none if omitted.</param>
    /// <param name="steps">Its environment step; the one after the last if omitted.</param>
    /// <param name="labels">The labels that distinguish this series from others with the same metric and scale.</param>
    /// <param name="timestamps">When it was measured; now if omitted.</param>
    /// <param name="strategy">How environment steps are counted.</param>
    /// <param name="ordered">Whether points arrive in the order of their steps. If not, the step must be given.</param>
    /// <exception cref="ArgumentOutOfRangeException">A double cannot represent the value. Nothing was logged.</exception>
    public void LogRlFloats<T>(
        string metric,
        Scale scale,
        T value,
        long rlStep,
        string environment,
        Episodes episodes = default,
        EnvironmentSteps steps = default,
        LabelSpan labels = default,
        RlTimestamps timestamps = default,
        StepStrategy strategy = StepStrategy.WithinRlStep,
        bool ordered = true)
        where T : struct, INumberBase<T> =>
        LogRlFloats(
            metric, scale, Exact.ToDouble(value), rlStep, environment, episodes, steps, labels, timestamps, strategy, ordered);

    /// <summary>
    /// Gets the progress of an environment, over all its series: the largest reinforcement-learning step and the largest
    /// episode that were logged, delivered or not, or that the service reported when the run was opened.
    /// </summary>
    /// <param name="environment">The name of the environment.</param>
    /// <returns>The step and the episode; null for one that is not known.</returns>
    /// <exception cref="ObjectDisposedException">The logger was disposed.</exception>
    public (long? RlStep, long? Episode) GetEnvironmentLastRlStepAndEpisode(string environment)
    {
        (long? RlStep, long? Episode) progress = NativeLogger.GetEnvironmentProgress(Live(), environment);
        GC.KeepAlive(this);
        return progress;
    }

    /// <exception cref="ArgumentException">The environments belong to another logger.</exception>
    internal void CheckOwner(scoped in EnvironmentSpan environments)
    {
        if (environments.Kept is { } kept && kept.Owner != this)
        {
            throw NotTheOwner(nameof(environments));
        }
    }

    /// <summary>What a call throws whose environments mean something else here.</summary>
    internal static ArgumentException NotTheOwner(string parameter) => new(
        "The environments were made by another logger: call Environments on the one that logs.", parameter);

    private void LogRl(string metric, Scale scale, scoped in Values values, LabelSpan labels, scoped in RlCall call)
    {
        if (values.AreFloats)
        {
            LogRl(metric, scale, values.Floats, labels, call);
        }
        else if (values.AreOthers)
        {
            LogOthers(metric, scale, values, labels, call);
        }
        else
        {
            LogRl(metric, scale, values.Doubles, labels, call);
        }
    }

    private void LogOthers(string metric, Scale scale, scoped in Values values, LabelSpan labels, scoped in RlCall call)
    {
        using Values.Widened widened = values.Widen();
        LogRl(metric, scale, widened.Span, labels, call);
    }

    /// <summary>How a logger knows environments; those that it does not know are made known.</summary>
    /// <param name="names">Their names.</param>
    /// <param name="ids">Room for as many.</param>
    internal void Identify(ReadOnlySpan<string> names, Span<uint> ids)
    {
        for (int i = 0; i < names.Length; i++)
        {
            if (!_known.TryFind(names[i], out ids[i]))
            {
                uint[] all = NativeLogger.GetEnvironments(Live(), names);
                _known.Learn(names, all);
                all.CopyTo(ids);
                return;
            }
        }
    }

    private void LogRl<T>(string metric, Scale scale, ReadOnlySpan<T> values, LabelSpan labels, scoped in RlCall call)
        where T : unmanaged
    {
        CheckOwner(call.Environments);
        try
        {
            LoggerHandle logger = Live();
            int hash = KnownNames.Hash(metric, labels);
            if (!TryLogKnown(hash, metric, scale, values, labels, call))
            {
                NativeLogger.LogRlFloats(logger, metric, scale, values, labels, call);
                Watch(scale);
                if (_known.ComesAgain(hash))
                {
                    bool episodic = call.Episodes.Spread.Kind != SpreadKind.None;
                    Learn(logger, NativeLogger.World.Rl, hash, metric, scale, labels, call.Ordered, episodic, call.Environments);
                }
            }
        }
        catch (MetricValidationException e) when (!e.Message.Contains(metric, StringComparison.Ordinal))
        {
            throw e.About(metric);
        }
        catch (LoggerClosedException) when (IsDisposed)
        {
            throw Disposed();
        }

        GC.KeepAlive(this);
    }
}
