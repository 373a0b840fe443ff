namespace Metrana.Native;

/// <summary>Statistics of the values that a histogram counts, taken before they were counted.</summary>
/// <param name="Min">The least.</param>
/// <param name="Max">The greatest.</param>
/// <param name="Sum">Their sum.</param>
/// <param name="SumOfSquares">The sum of their squares.</param>
public readonly record struct HistogramStats(double Min, double Max, double Sum, double SumOfSquares);
