namespace Metrana.Server;

/// <summary>What the horizontal axis of a curve shows.</summary>
public enum CurveAxis
{
    /// <summary>The step; in reinforcement learning, the step of the training.</summary>
    Step,

    /// <summary>The step of the training.</summary>
    RlStep,

    /// <summary>The episode. Points without one are not on this axis.</summary>
    Episode,

    /// <summary>The time when the point was logged, in milliseconds since 1970.</summary>
    WallTime,

    /// <summary>The time from the creation of the run to the logging of the point, in milliseconds.</summary>
    RelativeTime,
}

/// <summary>The points that are drawn as a curve.</summary>
/// <param name="RunId">The run.</param>
/// <param name="SeriesId">The series.</param>
/// <param name="Environments">In reinforcement learning, the environments that are drawn together; all if omitted.</param>
public sealed record CurveSource(string RunId, long SeriesId, IReadOnlyList<string>? Environments = null);

/// <summary>Curves on a common grid.</summary>
public sealed record CurveQuery
{
    /// <summary>The curves to draw: at most 4,096.</summary>
    public required IReadOnlyList<CurveSource> Curves { get; init; }

    /// <summary>What the horizontal axis shows.</summary>
    public CurveAxis Axis { get; init; }

    /// <summary>The number of buckets on the axis, 1 to 10,000.</summary>
    public int Buckets { get; init; } = 300;

    /// <summary>The start of the axis; the first point of all curves if omitted.</summary>
    public double? From { get; init; }

    /// <summary>The end of the axis, included in the last bucket; the last point of all curves if omitted.</summary>
    public double? To { get; init; }
}
