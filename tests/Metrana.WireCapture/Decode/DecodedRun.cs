namespace Metrana.WireCapture.Decode;

/// <summary>What the streams of a run mean.</summary>
public sealed class DecodedRun
{
    private readonly SortedDictionary<ulong, SeriesKey> _declarations = [];
    private readonly Dictionary<SeriesKey, List<DecodedPoint>> _points = [];

    /// <summary>The series by the ids that the client gave them.</summary>
    public IReadOnlyDictionary<ulong, SeriesKey> Declarations => _declarations;

    /// <summary>The points of each series that has any, in the order they were sent.</summary>
    public IReadOnlyDictionary<SeriesKey, List<DecodedPoint>> Points => _points;

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

    internal void Add(ulong id, IEnumerable<DecodedPoint> points)
    {
        var key = _declarations[id];
        if (!_points.TryGetValue(key, out var list))
        {
            _points[key] = list = [];
        }

        list.AddRange(points);
    }
}
