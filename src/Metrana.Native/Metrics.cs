using System.Globalization;

namespace Metrana.Native;

/// <summary>
/// The counters of a logger at one moment. In every snapshot, for every kind of data,
/// <c>Added = Refused + Enqueued</c> and <c>Enqueued = Sent + Dropped + Spooled + Pending</c>.
/// </summary>
public readonly record struct Metrics
{
    /// <summary>Points of ordinary series.</summary>
    public KindMetrics FloatPoints { get; init; }

    /// <summary>Points of reinforcement-learning series.</summary>
    public KindMetrics RlFloatPoints { get; init; }

    /// <summary>Histograms.</summary>
    public KindMetrics HistogramPoints { get; init; }

    /// <summary>Scatter sets.</summary>
    public KindMetrics ScatterPoints { get; init; }

    /// <summary>Attribute values of the run.</summary>
    public KindMetrics AttributeUpdates { get; init; }

    /// <summary>Attribute values of environments.</summary>
    public KindMetrics EnvironmentAttributeUpdates { get; init; }

    /// <summary>Attempts to open a stream.</summary>
    public long ConnectionAttempts { get; init; }

    /// <summary>Streams that failed.</summary>
    public long SendErrors { get; init; }

    /// <summary>Data messages that were acknowledged.</summary>
    public long RequestsSent { get; init; }

    /// <summary>Errors collected for <see cref="Logger.ExtractSenderErrors"/>.</summary>
    public long ErrorsReported { get; init; }

    /// <summary>Errors that were evicted before <see cref="Logger.ExtractSenderErrors"/> fetched them.</summary>
    public long ErrorsEvicted { get; init; }

    /// <summary>Bytes of the acknowledged data messages.</summary>
    public long BytesSent { get; init; }

    /// <summary>Bytes accepted and not yet acknowledged; limited by <see cref="LoggerConfig.QueueBytes"/>.</summary>
    public long PendingBytes { get; init; }

    /// <summary>Points logged at or below the last step of their series.</summary>
    public long MisSteps { get; init; }

    /// <summary>Log calls that had to wait for room in the queue, including those that are waiting now.</summary>
    public long Waits { get; init; }

    /// <summary>The total time that log calls have waited for room, without those that are still waiting.</summary>
    public TimeSpan TimeWaited { get; init; }

    /// <summary>
    /// Returns the sum over all kinds of data. Everything is delivered if its <c>Pending</c>, <c>Dropped</c> and <c>Refused</c> are 0.
    /// </summary>
    public KindMetrics Total() =>
        new[] { FloatPoints, RlFloatPoints, HistogramPoints, ScatterPoints, AttributeUpdates, EnvironmentAttributeUpdates }
            .Aggregate(KindMetrics.Sum);

    /// <summary>Returns the counters that are not 0: <c>{FloatPoints={Added=3, Enqueued=3, Pending=3}, PendingBytes=27}</c>.</summary>
    public override string ToString()
    {
        (string Name, KindMetrics Books)[] kinds =
        [
            (nameof(FloatPoints), FloatPoints),
            (nameof(RlFloatPoints), RlFloatPoints),
            (nameof(HistogramPoints), HistogramPoints),
            (nameof(ScatterPoints), ScatterPoints),
            (nameof(AttributeUpdates), AttributeUpdates),
            (nameof(EnvironmentAttributeUpdates), EnvironmentAttributeUpdates),
        ];
        IEnumerable<string> counters = KindMetrics.Counted(
        [
            (nameof(ConnectionAttempts), ConnectionAttempts),
            (nameof(SendErrors), SendErrors),
            (nameof(RequestsSent), RequestsSent),
            (nameof(ErrorsReported), ErrorsReported),
            (nameof(ErrorsEvicted), ErrorsEvicted),
            (nameof(BytesSent), BytesSent),
            (nameof(PendingBytes), PendingBytes),
            (nameof(MisSteps), MisSteps),
            (nameof(Waits), Waits),
        ]);
        if (TimeWaited != TimeSpan.Zero)
        {
            counters = counters.Append(string.Create(CultureInfo.InvariantCulture, $"{nameof(TimeWaited)}={TimeWaited}"));
        }

        IEnumerable<string> books = kinds.Where(kind => kind.Books != default).Select(kind => $"{kind.Name}={kind.Books}");
        return $"{{{string.Join(", ", books.Concat(counters))}}}";
    }
}

/// <summary>The counters of one kind of data at one moment. Calls that broke a rule are not counted.</summary>
public readonly record struct KindMetrics
{
    /// <summary>Data of all valid calls, whether or not there was room for it.</summary>
    public long Added { get; init; }

    /// <summary>Not accepted because the queue was full; for a run, also because its delivery had ended.</summary>
    public long Refused { get; init; }

    /// <summary>Accepted into the queue.</summary>
    public long Enqueued { get; init; }

    /// <summary>Acknowledged by the service.</summary>
    public long Sent { get; init; }

    /// <summary>Accepted and then lost.</summary>
    public long Dropped { get; init; }

    /// <summary>Accepted and left on disk.</summary>
    public long Spooled { get; init; }

    /// <summary>Accepted and still being delivered.</summary>
    public long Pending { get; init; }

    internal static KindMetrics Sum(KindMetrics left, KindMetrics right) => new()
    {
        Added = left.Added + right.Added,
        Refused = left.Refused + right.Refused,
        Enqueued = left.Enqueued + right.Enqueued,
        Sent = left.Sent + right.Sent,
        Dropped = left.Dropped + right.Dropped,
        Spooled = left.Spooled + right.Spooled,
        Pending = left.Pending + right.Pending,
    };

    /// <summary>Returns the counters that are not 0: <c>{Added=3, Enqueued=3, Pending=3}</c>.</summary>
    public override string ToString()
    {
        IEnumerable<string> counters = Counted(
        [
            (nameof(Added), Added),
            (nameof(Refused), Refused),
            (nameof(Enqueued), Enqueued),
            (nameof(Sent), Sent),
            (nameof(Dropped), Dropped),
            (nameof(Spooled), Spooled),
            (nameof(Pending), Pending),
        ]);
        return $"{{{string.Join(", ", counters)}}}";
    }

    internal static IEnumerable<string> Counted((string Name, long Count)[] counters) => counters
        .Where(counter => counter.Count != 0)
        .Select(counter => string.Create(CultureInfo.InvariantCulture, $"{counter.Name}={counter.Count}"));
}
