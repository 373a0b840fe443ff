using System.Globalization;

namespace Metrana.Native;

/// <summary>
/// The books of a logger at one moment. In every snapshot, for every kind of data,
/// <c>Added = Refused + Enqueued</c> and <c>Enqueued = Sent + Dropped + Spooled + Pending</c>.
/// </summary>
/// <param name="FloatPoints">Points of ordinary series.</param>
/// <param name="RlFloatPoints">Points of reinforcement-learning series.</param>
/// <param name="HistogramPoints">Histograms.</param>
/// <param name="ScatterPoints">Scatter sets.</param>
/// <param name="AttributeUpdates">Attribute values of the run.</param>
/// <param name="EnvironmentAttributeUpdates">Attribute values of environments.</param>
/// <param name="ConnectionAttempts">Streams that were tried.</param>
/// <param name="SendErrors">Streams that failed.</param>
/// <param name="RequestsSent">Data messages that were acknowledged.</param>
/// <param name="ErrorsReported">Errors that were put where <see cref="Logger.ExtractSenderErrors"/> finds them.</param>
/// <param name="ErrorsEvicted">Errors that fell out of there because nobody fetched them.</param>
/// <param name="BytesSent">Bytes of the acknowledged data messages.</param>
/// <param name="PendingBytes">Bytes accepted and not yet acknowledged: what <see cref="LoggerConfig.QueueBytes"/> bounds.</param>
/// <param name="MisSteps">Points logged at or below the last step of their series.</param>
public readonly record struct Metrics(
    KindMetrics FloatPoints,
    KindMetrics RlFloatPoints,
    KindMetrics HistogramPoints,
    KindMetrics ScatterPoints,
    KindMetrics AttributeUpdates,
    KindMetrics EnvironmentAttributeUpdates,
    long ConnectionAttempts,
    long SendErrors,
    long RequestsSent,
    long ErrorsReported,
    long ErrorsEvicted,
    long BytesSent,
    long PendingBytes,
    long MisSteps)
{
    /// <summary>What is not 0: <c>{FloatPoints={Added=3, Enqueued=3, Pending=3}, PendingBytes=27}</c>.</summary>
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
        ]);
        IEnumerable<string> books = kinds.Where(kind => kind.Books != default).Select(kind => $"{kind.Name}={kind.Books}");
        return $"{{{string.Join(", ", books.Concat(counters))}}}";
    }
}

/// <summary>The books of one kind of data at one moment. A call that broke a rule is in none of them.</summary>
/// <param name="Added">Everything that valid calls brought, whether or not there was room for it.</param>
/// <param name="Refused">Turned away because the queue was full.</param>
/// <param name="Enqueued">Accepted into the queue.</param>
/// <param name="Sent">Acknowledged by the service.</param>
/// <param name="Dropped">Accepted and then lost.</param>
/// <param name="Spooled">Accepted and left on disk.</param>
/// <param name="Pending">Accepted and still under way.</param>
public readonly record struct KindMetrics(
    long Added,
    long Refused,
    long Enqueued,
    long Sent,
    long Dropped,
    long Spooled,
    long Pending)
{
    /// <summary>What is not 0: <c>{Added=3, Enqueued=3, Pending=3}</c>.</summary>
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
