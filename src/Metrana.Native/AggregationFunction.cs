namespace Metrana.Native;

/// <summary>How an <see cref="AggregationRule"/> combines values.</summary>
public enum AggregationFunction
{
    /// <summary>The mean.</summary>
    Mean = 1,

    /// <summary>The largest value.</summary>
    Max = 2,

    /// <summary>The sum.</summary>
    Sum = 3,

    /// <summary>The smallest value.</summary>
    Min = 4,

    /// <summary>The standard deviation.</summary>
    StdDev = 5,

    /// <summary>The number of values.</summary>
    Count = 6,
}
