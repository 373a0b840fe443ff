namespace Metrana.Server;

/// <summary>Curves on a common grid.</summary>
public sealed record StoredCurves
{
    /// <summary>The start of the axis.</summary>
    public required double From { get; init; }

    /// <summary>The end of the axis.</summary>
    public required double To { get; init; }

    /// <summary>The start of each bucket.</summary>
    public required IReadOnlyList<double> Starts { get; init; }

    /// <summary>The curves, in the order of the query.</summary>
    public required IReadOnlyList<StoredCurve> Curves { get; init; }
}

/// <summary>
/// A curve as buckets; each list has one element for each bucket. Drawn through the first, smallest, largest and last number of each
/// bucket, the curve looks like its points, including the peaks. NaN and infinities are left out; a bucket without numbers has NaN.
/// </summary>
public sealed record StoredCurve
{
    /// <summary>The run.</summary>
    public required string RunId { get; init; }

    /// <summary>The series.</summary>
    public required long SeriesId { get; init; }

    /// <summary>The count of numbers in each bucket.</summary>
    public required IReadOnlyList<long> Counts { get; init; }

    /// <summary>The values other than numbers in each bucket.</summary>
    public required IReadOnlyList<NotNumbers> Flags { get; init; }

    /// <summary>The position of the first number on the axis.</summary>
    public required IReadOnlyList<double> FirstX { get; init; }

    /// <summary>The first number.</summary>
    public required IReadOnlyList<double> First { get; init; }

    /// <summary>The position of the last number on the axis.</summary>
    public required IReadOnlyList<double> LastX { get; init; }

    /// <summary>The last number.</summary>
    public required IReadOnlyList<double> Last { get; init; }

    /// <summary>The smallest number.</summary>
    public required IReadOnlyList<double> Min { get; init; }

    /// <summary>The largest number.</summary>
    public required IReadOnlyList<double> Max { get; init; }

    /// <summary>The sum of the numbers; the mean is the sum divided by the count.</summary>
    public required IReadOnlyList<double> Sum { get; init; }
}

/// <summary>The values other than numbers in a bucket.</summary>
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

/// <summary>The measure that a cell of a heat map shows of its points.</summary>
public enum CellMeasure
{
    /// <summary>The mean.</summary>
    Mean,

    /// <summary>The smallest value.</summary>
    Min,

    /// <summary>The largest value.</summary>
    Max,

    /// <summary>Their sum.</summary>
    Sum,

    /// <summary>The last value.</summary>
    Last,

    /// <summary>The number of points.</summary>
    Count,
}

/// <summary>
/// A reinforcement-learning series as a heat map: one row for each environment, one column for each range of steps of the training.
/// </summary>
public sealed record StoredHeatMap
{
    /// <summary>The environments, one for each row.</summary>
    public required IReadOnlyList<string> Environments { get; init; }

    /// <summary>The step of the training at which each column begins.</summary>
    public required IReadOnlyList<double> Starts { get; init; }

    /// <summary>The cells, row by row; NaN for a cell without numbers.</summary>
    public required IReadOnlyList<double> Cells { get; init; }

    /// <summary>The value of a cell.</summary>
    /// <param name="environment">The row of the cell.</param>
    /// <param name="column">The column of the cell.</param>
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
