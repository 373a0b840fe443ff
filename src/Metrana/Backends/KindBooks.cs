using Metrana.Native;

namespace Metrana.Backends;

/// <summary>What kind of data a call brings.</summary>
internal enum DataKind
{
    Floats,
    RlFloats,
    Histograms,
    Scatters,
    Attributes,
    EnvironmentAttributes,
}

/// <summary>The books of what an engine has not seen, kept as it keeps its own. Whoever owns them holds a lock.</summary>
internal sealed class KindBooks
{
    private readonly KindMetrics[] _kinds = new KindMetrics[Enum.GetValues<DataKind>().Length];

    /// <summary>It arrived at once.</summary>
    public void Deliver(DataKind kind, long points) =>
        Add(kind, new KindMetrics { Added = points, Enqueued = points, Sent = points });

    /// <summary>There was no room for it.</summary>
    public void Refuse(DataKind kind, long points) => Add(kind, new KindMetrics { Added = points, Refused = points });

    /// <summary>It waits.</summary>
    public void Keep(DataKind kind, long points) =>
        Add(kind, new KindMetrics { Added = points, Enqueued = points, Pending = points });

    /// <summary>What waited is in the books of somebody else now.</summary>
    public void HandOver(DataKind kind, long points) => Keep(kind, -points);

    /// <summary>What waited is lost.</summary>
    public void Lose(DataKind kind, long points) => Add(kind, new KindMetrics { Dropped = points, Pending = -points });

    /// <summary>Everything that waits is lost.</summary>
    public void LoseAll()
    {
        foreach (DataKind kind in Enum.GetValues<DataKind>())
        {
            Lose(kind, _kinds[(int)kind].Pending);
        }
    }

    /// <summary>These books and those of an engine together.</summary>
    public Metrics With(Metrics engine) => engine with
    {
        FloatPoints = Sum(DataKind.Floats, engine.FloatPoints),
        RlFloatPoints = Sum(DataKind.RlFloats, engine.RlFloatPoints),
        HistogramPoints = Sum(DataKind.Histograms, engine.HistogramPoints),
        ScatterPoints = Sum(DataKind.Scatters, engine.ScatterPoints),
        AttributeUpdates = Sum(DataKind.Attributes, engine.AttributeUpdates),
        EnvironmentAttributeUpdates = Sum(DataKind.EnvironmentAttributes, engine.EnvironmentAttributeUpdates),
    };

    private KindMetrics Sum(DataKind kind, KindMetrics engine) => KindMetrics.Sum(_kinds[(int)kind], engine);

    private void Add(DataKind kind, KindMetrics more) => _kinds[(int)kind] = KindMetrics.Sum(_kinds[(int)kind], more);
}
