namespace Metrana.Native;

/// <summary>How an <see cref="AggregationRule"/> combines values.</summary>
public enum AggregationFunction
{
    /// <summary>Their mean.</summary>
    Mean = 1,

    /// <summary>The greatest.</summary>
    Max = 2,

    /// <summary>Their sum.</summary>
    Sum = 3,

    /// <summary>The least.</summary>
    Min = 4,

    /// <summary>Their standard deviation.</summary>
    StdDev = 5,

    /// <summary>How many there are.</summary>
    Count = 6,
}
