using System.Globalization;
using Metrana.Native.Interop;

namespace Metrana.Native;

public sealed partial class Logger
{
    /// <summary>
    /// Creates a handle to a series, for repeated calls that pass no names. As with a first point, the metric and scale are then
    /// fixed to ordinary values.
    /// </summary>
    /// <param name="metric">The name of the metric, such as <c>train/loss</c>.</param>
    /// <param name="scale">The unit that steps count.</param>
    /// <param name="labels">The labels that distinguish this series from others with the same metric and scale.</param>
    /// <param name="distributed">
    /// Whether several processes log to the series: see
    /// <see cref="LogDistributedFloats(string, Scale, double, Steps, LabelSpan, Timestamps)"/>.
    /// </param>
    /// <exception cref="MetricValidationException">
    /// A name or a label breaks a rule, or the metric holds data of another kind. Nothing changed.
    /// </exception>
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
    /// Creates a handle to a reinforcement-learning series, for repeated calls that pass no names. As with a first point, the metric
    /// and scale are then fixed to reinforcement-learning values.
    /// </summary>
    /// <param name="metric">The name of the metric, such as <c>reward</c>.</param>
    /// <param name="scale">The unit that environment steps count.</param>
    /// <param name="labels">The labels that distinguish this series from others with the same metric and scale.</param>
    /// <param name="episodic">Whether the points belong to episodes; this holds for the whole series.</param>
    /// <param name="strategy">How environment steps are counted.</param>
    /// <param name="ordered">Whether points arrive in the order of their steps. If not, the steps must be given.</param>
    /// <exception cref="MetricValidationException">
    /// A name or a label breaks a rule, or the metric holds data of another kind. Nothing changed.
    /// </exception>
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

    /// <summary>Creates a set of environments named <c>env-0</c>, <c>env-1</c> and so on.</summary>
    /// <param name="count">The number of environments.</param>
    /// <param name="prefix">The prefix of each name, before the number.</param>
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

    /// <summary>Creates a set of environments, for repeated calls that pass no names.</summary>
    /// <inheritdoc cref="Environments(ReadOnlySpan{string})"/>
    /// <param name="names">The names, in the order of the rows, such as a list or the result of a query.</param>
    /// <exception cref="ArgumentNullException">The names are null, or one of them is null.</exception>
    public EnvironmentSet Environments(IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        return Environments(new ReadOnlySpan<string>([.. names]));
    }

    /// <summary>Creates a set of environments, for repeated calls that pass no names.</summary>
    /// <inheritdoc cref="Environments(ReadOnlySpan{string})"/>
    /// <param name="names">The names, in the order of the rows.</param>
    /// <exception cref="ArgumentNullException">The names are null, or one of them is null.</exception>
    public EnvironmentSet Environments(params string[] names)
    {
        // For C# 12, to which a span of names is not params.
        ArgumentNullException.ThrowIfNull(names);
        return Environments(new ReadOnlySpan<string>(names));
    }

    /// <summary>Creates a set of environments, for repeated calls that pass no names.</summary>
    /// <param name="names">The names, in the order of the rows.</param>
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

    /// <summary>Logs everything in a batch or nothing, and empties the batch. A batch that could not be logged is left unchanged.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="step">
    /// The step of the ordinary values and histograms that were added without one. Reinforcement-learning values keep their own
    /// steps.
    /// </param>
    /// <param name="timestamp">The time of everything that was added without a timestamp; now if omitted.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative.</exception>
    /// <exception cref="ArgumentException">The batch contains environments of another logger. Nothing was logged.</exception>
    /// <exception cref="InvalidOperationException">Another thread is using the batch. Nothing was logged.</exception>
    /// <exception cref="MetricValidationException">
    /// Something in the batch breaks a rule, or a histogram has no step and <paramref name="step"/> is omitted. Nothing changed.
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
