namespace Metrana.Server;

/// <summary>Curves on one grid.</summary>
public sealed record StoredCurves
{
    /// <summary>Where the axis begins.</summary>
    public required double From { get; init; }

    /// <summary>Where it ends.</summary>
    public required double To { get; init; }

    /// <summary>Where each bucket begins.</summary>
    public required IReadOnlyList<double> Starts { get; init; }

    /// <summary>The curves, in the order they were asked for.</summary>
    public required IReadOnlyList<StoredCurve> Curves { get; init; }
}

/// <summary>
/// A curve as buckets: the lists have an element for each. Drawn as first, least, greatest and last, it looks like its points, peaks
/// included. Only numbers count; a bucket without any has NaN.
/// </summary>
public sealed record StoredCurve
{
    /// <summary>The run.</summary>
    public required string RunId { get; init; }

    /// <summary>The series.</summary>
    public required long SeriesId { get; init; }

    /// <summary>How many numbers are in each bucket.</summary>
    public required IReadOnlyList<long> Counts { get; init; }

    /// <summary>What there was besides numbers.</summary>
    public required IReadOnlyList<NotNumbers> Flags { get; init; }

    /// <summary>Where the first number lies.</summary>
    public required IReadOnlyList<double> FirstX { get; init; }

    /// <summary>The first number.</summary>
    public required IReadOnlyList<double> First { get; init; }

    /// <summary>Where the last number lies.</summary>
    public required IReadOnlyList<double> LastX { get; init; }

    /// <summary>The last number.</summary>
    public required IReadOnlyList<double> Last { get; init; }

    /// <summary>The least number.</summary>
    public required IReadOnlyList<double> Min { get; init; }

    /// <summary>The greatest number.</summary>
    public required IReadOnlyList<double> Max { get; init; }

    /// <summary>The sum; the mean is this divided by the count.</summary>
    public required IReadOnlyList<double> Sum { get; init; }
}

/// <summary>What a bucket holds besides numbers.</summary>
[Flags]
public enum NotNumbers
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>NaN.</summary>
    NaN = 1,

    /// <summary>Infinity.</summary>
    PositiveInfinity = 2,

    /// <summary>Negative infinity.</summary>
    NegativeInfinity = 4,
}

/// <summary>What a cell of a heat map shows of the points in it.</summary>
public enum CellMeasure
{
    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>The least.</summary>
    Min,

    /// <summary>The greatest.</summary>
    Max,

    /// <summary>Their sum.</summary>
    Sum,

    /// <summary>The last.</summary>
    Last,

    /// <summary>How many there are.</summary>
    Count,
}

/// <summary>A series of reinforcement learning as a map: a row for each environment, a column for some steps of the training.</summary>
public sealed record StoredHeatMap
{
    /// <summary>The environments, one for each row.</summary>
    public required IReadOnlyList<string> Environments { get; init; }

    /// <summary>The step of the training at which each column begins.</summary>
    public required IReadOnlyList<double> Starts { get; init; }

    /// <summary>The cells row by row; NaN where there is no number.</summary>
    public required IReadOnlyList<double> Cells { get; init; }

    /// <summary>One cell.</summary>
    /// <param name="environment">Its row.</param>
    /// <param name="column">Its column.</param>
    public double this[int environment, int column]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(column);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(column, Starts.Count);
            return Cells[checked((environment * Starts.Count) + column)];
        }
    }
}
