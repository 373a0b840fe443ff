using Metrana.Protobuf.Ingestion.V1.Types;

namespace Metrana.WireCapture.Decode;

/// <summary>The scatter sets of a series.</summary>
public sealed class DecodedScatters
{
    private readonly SortedDictionary<string, string> _titles = new(StringComparer.Ordinal);

    internal DecodedScatters(bool is3D) => Is3D = is3D;

    /// <summary>Whether its points have three coordinates.</summary>
    public bool Is3D { get; }

    /// <summary>The sets, in the order they were sent. Messages are equal only in every bit.</summary>
    public List<ScatterPoint> Points { get; } = [];

    /// <summary>The titles of its axes by their keys on the wire: those that were given last.</summary>
    public IReadOnlyDictionary<string, string> Titles => _titles;

    internal void Add(StreamingScatterSeriesUpdate update)
    {
        if (update.Is3D != Is3D)
        {
            throw new InvalidDataException($"Series {update.SeriesId} has sets in two and in three dimensions.");
        }

        foreach (var point in update.Points)
        {
            Check(point);
            Points.Add(point);
        }

        // One message replaces all titles of the series, or says nothing about them.
        if (update.MetadataLabels.Count > 0)
        {
            _titles.Clear();
            foreach (var (key, title) in update.MetadataLabels)
            {
                _titles[key] = key is "xt" or "yt" or "zt" ? title : throw new InvalidDataException($"'{key}' is no title of an axis.");
            }
        }
    }

    private void Check(ScatterPoint point)
    {
        if (!point.HasTimestampMillis || point.Ys.Count != point.Xs.Count || point.Zs.Count != (Is3D ? point.Xs.Count : 0))
        {
            throw new InvalidDataException(
                $"A scatter set in {(Is3D ? 3 : 2)} dimensions has {point.Xs.Count} x, {point.Ys.Count} y, {point.Zs.Count} z "
                + $"and {(point.HasTimestampMillis ? "a" : "no")} time.");
        }
    }
}
