namespace Metrana.Native;

/// <summary>What was known of the values of a histogram before they were counted.</summary>
/// <param name="Min">The least.</param>
/// <param name="Max">The greatest.</param>
/// <param name="Sum">Their sum.</param>
/// <param name="SumOfSquares">The sum of their squares.</param>
public readonly record struct HistogramStats(double Min, double Max, double Sum, double SumOfSquares);
