namespace Metrana.Mirrors;

/// <summary>
/// One thing that a run logged. Its type says what it is: <see cref="PointsRecord"/>, <see cref="RlPointsRecord"/>,
/// <see cref="HistogramRecord"/>, <see cref="ScatterRecord"/>, <see cref="AttributesRecord"/>,
/// <see cref="EnvironmentAttributesRecord"/>, <see cref="TagsRecord"/>, <see cref="DescriptionRecord"/> or
/// <see cref="AnnotationRecord"/>. Later versions may add types: ignore those that you do not know.
/// </summary>
public abstract record RunRecord
{
    /// <summary>What a record and its queue take beside what it carries, roughly.</summary>
    private protected const long Overhead = 128;

    private protected RunRecord()
    {
    }

    /// <summary>When it was logged.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>How many points it counts as.</summary>
    internal abstract int Points { get; }

    /// <summary>How much of the queue it takes.</summary>
    internal abstract long Bytes { get; }
}
