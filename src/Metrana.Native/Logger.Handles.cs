using System.Globalization;
using Metrana.Native.Interop;

namespace Metrana.Native;

public sealed partial class Logger
{
    /// <summary>
    /// A series for calls that are made again and again: they pass no names. It fixes the metric and scale to ordinary
    /// values, as a first point would.
    /// </summary>
    /// <param name="metric">The name of the metric, such as <c>train/loss</c>.</param>
    /// <param name="scale">The unit that steps count.</param>
    /// <param name="labels">The labels that distinguish this series from others with the same metric and scale.</param>
    /// <param name="distributed">Whether many processes log to it: see <see cref="LogDistributedFloats(string, Scale, double, Steps, LabelSpan, Timestamps)"/>.</param>
    /// <exception cref="MetricValidationException">A name or a label breaks a rule, or the metric holds other data. Nothing changed.</exception>
    /// <exception cref="LoggerClosedException">The logger was closed.</exception>
    /// <exception cref="ObjectDisposedException">The logger was disposed.</exception>
    public Series Series(string metric, Scale scale, LabelSpan labels = default, bool distributed = false)
    {
        try
        {
            SeriesHandle handle = NativeLogger.GetSeries(Live(), metric, scale, labels, distributed);
            Watch(scale);
            return new Series(this, metric, scale, labels.ToLabels(), distributed, handle);
        }
        catch (LoggerClosedException) when (IsDisposed)
        {
            throw Disposed();
        }
    }

    /// <summary>
    /// A reinforcement-learning series for calls that are made again and again: they pass no names. It fixes the metric and
    /// scale to such values, as a first point would.
    /// </summary>
    /// <param name="metric">The name of the metric, such as <c>reward</c>.</param>
    /// <param name="scale">What an environment step counts.</param>
    /// <param name="labels">The labels that distinguish this series from others with the same metric and scale.</param>
    /// <param name="episodic">Whether points belong to episodes: always or never.</param>
    /// <param name="strategy">How environment steps count.</param>
    /// <param name="ordered">Whether points come in the order of their steps. If not, the steps have to be given.</param>
    /// <exception cref="MetricValidationException">A name or a label breaks a rule, or the metric holds other data. Nothing changed.</exception>
    /// <exception cref="LoggerClosedException">The logger was closed.</exception>
    /// <exception cref="ObjectDisposedException">The logger was disposed.</exception>
    public RlSeries RlSeries(
        string metric,
        Scale scale,
        LabelSpan labels = default,
        bool episodic = false,
        StepStrategy strategy = StepStrategy.WithinRlStep,
        bool ordered = true)
    {
        try
        {
            SeriesHandle handle = NativeLogger.GetRlSeries(Live(), metric, scale, labels, ordered, episodic);
            Watch(scale);
            return new RlSeries(this, metric, scale, labels.ToLabels(), handle, strategy, ordered);
        }
        catch (LoggerClosedException) when (IsDisposed)
        {
            throw Disposed();
        }
    }

    /// <summary>So many environments, named <c>env-0</c>, <c>env-1</c> and so on.</summary>
    /// <param name="count">How many.</param>
    /// <param name="prefix">What stands before the number.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    /// <exception cref="ArgumentNullException">The prefix is null.</exception>
    /// <exception cref="MetricValidationException">A name breaks a rule.</exception>
    /// <exception cref="LoggerClosedException">The logger was closed.</exception>
    /// <exception cref="ObjectDisposedException">The logger was disposed.</exception>
    public EnvironmentSet Environments(int count, string prefix = "env-")
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentNullException.ThrowIfNull(prefix);
        string[] names = new string[count];
        for (int i = 0; i < count; i++)
        {
            names[i] = string.Create(CultureInfo.InvariantCulture, $"{prefix}{i}");
        }

        return Environments(new ReadOnlySpan<string>(names));
    }

    /// <summary>Environments for calls that are made again and again: they pass no names.</summary>
    /// <inheritdoc cref="Environments(ReadOnlySpan{string})"/>
    /// <param name="names">Their names, in the order of the rows: a list, or the result of a query.</param>
    /// <exception cref="ArgumentNullException">There are no names, or one of them is null.</exception>
    public EnvironmentSet Environments(IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        return Environments(new ReadOnlySpan<string>([.. names]));
    }

    /// <summary>Environments for calls that are made again and again: they pass no names.</summary>
    /// <inheritdoc cref="Environments(ReadOnlySpan{string})"/>
    /// <param name="names">Their names, in the order of the rows.</param>
    /// <exception cref="ArgumentNullException">There are no names, or one of them is null.</exception>
    public EnvironmentSet Environments(params string[] names)
    {
        // For C# 12, to which a span of names is not params.
        ArgumentNullException.ThrowIfNull(names);
        return Environments(new ReadOnlySpan<string>(names));
    }

    /// <summary>Environments for calls that are made again and again: they pass no names.</summary>
    /// <param name="names">Their names, in the order of the rows.</param>
    /// <exception cref="ArgumentNullException">A name is null.</exception>
    /// <exception cref="MetricValidationException">A name breaks a rule.</exception>
    /// <exception cref="LoggerClosedException">The logger was closed.</exception>
    /// <exception cref="ObjectDisposedException">The logger was disposed.</exception>
    public EnvironmentSet Environments(params ReadOnlySpan<string> names)
    {
        try
        {
            return new EnvironmentSet(this, names.ToArray(), NativeLogger.GetEnvironments(Live(), names));
        }
        catch (LoggerClosedException) when (IsDisposed)
        {
            throw Disposed();
        }
    }

    /// <summary>Logs everything in a batch or nothing, and empties it. A batch that could not be logged stays as it is.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="step">
    /// The step of everything in it that was added without one: ordinary values and histograms. Values of reinforcement learning
    /// keep the steps they have.
    /// </param>
    /// <param name="timestamp">When everything in it was measured that was added without a timestamp; now if omitted.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative.</exception>
    /// <exception cref="ArgumentException">Environments are another logger's. Nothing was logged.</exception>
    /// <exception cref="InvalidOperationException">Another thread uses the batch at this moment. Nothing was logged.</exception>
    /// <exception cref="MetricValidationException">
    /// Something in it breaks a rule, or a histogram has no step, and neither has the batch. Nothing changed.
    /// </exception>
    /// <exception cref="QueueFullException">There was no room (<see cref="Backpressure.Raise"/>). Nothing was logged.</exception>
    /// <exception cref="LoggerClosedException">The logger was closed, before the call or during it. Nothing was logged.</exception>
    /// <exception cref="SenderException">Delivery failed for good, and the logger has stopped. Nothing was logged.</exception>
    /// <exception cref="ObjectDisposedException">The logger was disposed.</exception>
    public void Log(LogBatch batch, long? step = null, DateTimeOffset? timestamp = null)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (step is { } given)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(given, nameof(step));
        }

        LoggerHandle logger = Live();
        try
        {
            batch.Send(this, logger, step, timestamp?.ToUnixTimeMilliseconds());
        }
        catch (LoggerClosedException) when (IsDisposed)
        {
            throw Disposed();
        }

        GC.KeepAlive(this);
    }
}
