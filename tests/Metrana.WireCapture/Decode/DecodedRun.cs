using Metrana.Protobuf.Ingestion.V1.Types;

namespace Metrana.WireCapture.Decode;

/// <summary>What the streams of a run mean.</summary>
public sealed class DecodedRun
{
    private readonly SortedDictionary<ulong, SeriesKey> _declarations = [];
    private readonly Dictionary<SeriesKey, List<DecodedPoint>> _points = [];
    private readonly Dictionary<RlSeriesKey, List<DecodedRlPoint>> _rlPoints = [];
    private readonly Dictionary<SeriesKey, List<HistogramPoint>> _histograms = [];
    private readonly Dictionary<SeriesKey, DecodedScatters> _scatters = [];

    /// <summary>The series by the ids that the client gave them.</summary>
    public IReadOnlyDictionary<ulong, SeriesKey> Declarations => _declarations;

    /// <summary>The points of each series that has any, in the order they were sent.</summary>
    public IReadOnlyDictionary<SeriesKey, List<DecodedPoint>> Points => _points;

    /// <summary>The reinforcement-learning points of each series and environment that has any, in the order they were sent.</summary>
    public IReadOnlyDictionary<RlSeriesKey, List<DecodedRlPoint>> RlPoints => _rlPoints;

    /// <summary>The histograms of each series that has any, in the order they were sent. Messages are equal only in every bit.</summary>
    public IReadOnlyDictionary<SeriesKey, List<HistogramPoint>> Histograms => _histograms;

    /// <summary>The scatter sets of each series that has any.</summary>
    public IReadOnlyDictionary<SeriesKey, DecodedScatters> Scatters => _scatters;

    /// <summary>The attributes of the run, in the order they were sent.</summary>
    public List<AttributeUpdate> Attributes { get; } = [];

    /// <summary>The attributes of its environments, in the order they were sent; one of them may come in several messages.</summary>
    public List<DecodedEnvironmentUpdate> EnvironmentAttributes { get; } = [];

    /// <summary>The numbers of the data messages, each once, in the order they came first.</summary>
    public List<ulong> SequenceNumbers { get; } = [];

    /// <summary>How many data messages came again.</summary>
    public int Duplicates { get; internal set; }

    /// <summary>Whether the client has closed the run.</summary>
    public bool Closed { get; internal set; }

    internal void Declare(ulong id, SeriesKey key)
    {
        if (_declarations.TryGetValue(id, out var known) && known != key)
        {
            throw new InvalidDataException($"Series {id} was declared as {known} and then as {key}.");
        }

        _declarations[id] = key;
    }

    internal void Add(StreamingSeriesUpdate update) =>
        ListOf(_points, _declarations[update.SeriesId]).AddRange(update.PointBatches.SelectMany(PointBatches.Points));

    internal void Add(StreamingRLSeriesUpdate update) =>
        ListOf(_rlPoints, new RlSeriesKey(_declarations[update.SeriesId], update.EnvironmentId))
            .AddRange(update.RlStepBatches.SelectMany(RlStepBatches.Points));

    internal void Add(StreamingHistogramSeriesUpdate update)
    {
        if (update.Points.FirstOrDefault(point => !point.HasTimestampMillis
            || (point.Counts.Count > 0 && point.Densities.Count > 0)
            || point.Counts.Count + point.Densities.Count + 1 != point.BinEdges.Count) is { } bad)
        {
            throw new InvalidDataException($"Series {update.SeriesId} has a histogram that is none: {bad}");
        }

        ListOf(_histograms, _declarations[update.SeriesId]).AddRange(update.Points);
    }

    internal void Add(StreamingScatterSeriesUpdate update)
    {
        var key = _declarations[update.SeriesId];
        if (!_scatters.TryGetValue(key, out var scatters))
        {
            _scatters[key] = scatters = new DecodedScatters(update.Is3D);
        }

        scatters.Add(update);
    }

    internal void Add(EnvAttrUpdates updates) => EnvironmentAttributes.AddRange(updates.Attributes.Select(update =>
        new DecodedEnvironmentUpdate(updates.EnvironmentId, updates.HasEpisode ? updates.Episode : null, update)));

    private static List<T> ListOf<TKey, T>(Dictionary<TKey, List<T>> lists, TKey key)
        where TKey : notnull
    {
        if (!lists.TryGetValue(key, out var list))
        {
            lists[key] = list = [];
        }

        return list;
    }
}
