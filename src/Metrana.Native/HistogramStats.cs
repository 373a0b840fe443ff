namespace Metrana.Native;

/// <summary>
/// Statistics of the original values of a histogram, computed before they were binned: <c>HistogramStats.Of(values)</c>, or
/// <c>new HistogramStats { Min = 0, Max = 1, Sum = 12.5, SumOfSquares = 8.25 }</c>.
/// </summary>
public readonly record struct HistogramStats
{
    /// <summary>The smallest value.</summary>
    public required double Min { get; init; }

    /// <summary>The largest value.</summary>
    public required double Max { get; init; }

    /// <summary>The sum of the values.</summary>
    public required double Sum { get; init; }

    /// <summary>The sum of the squares of the values.</summary>
    public required double SumOfSquares { get; init; }

    /// <summary>Computes the statistics of values. NaN and infinities are ignored, because no bin holds them.</summary>
    /// <param name="values">The values, of any type of number.</param>
    /// <exception cref="MetricValidationException">There are no finite values.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A double cannot represent one of the values.</exception>
    public static HistogramStats Of(Values values)
    {
        using Values.Widened wide = values.ToDoubles();
        return OfDoubles(wide.Span);
    }

    internal static HistogramStats OfDoubles(ReadOnlySpan<double> values)
    {
        (double least, double greatest, double sum, double squares) = (double.PositiveInfinity, double.NegativeInfinity, 0, 0);
        foreach (double number in values)
        {
            if (double.IsFinite(number))
            {
                least = Math.Min(least, number);
                greatest = Math.Max(greatest, number);
                sum += number;
                squares += number * number;
            }
        }

        return least > greatest
            ? throw MetricValidationException.Of(
                $"A histogram needs finite values, and none of the {values.Length} given are. Nothing was logged.")
            : new HistogramStats { Min = least, Max = greatest, Sum = Finite(sum), SumOfSquares = Finite(squares) };
    }

    /// <summary>A sum of finite values, where a double does not reach that far.</summary>
    private static double Finite(double sum) => Math.Clamp(sum, double.MinValue, double.MaxValue);
}
