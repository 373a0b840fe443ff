namespace Benchmarks.Measuring;

/// <summary>Rounds what is written to the digits that a measurement can have.</summary>
internal static class Digits
{
    private const int Count = 6;

    /// <summary>A value with six significant digits. Whole numbers stay as they are.</summary>
    public static double Significant(double value)
    {
        if (value == 0 || !double.IsFinite(value) || value == Math.Floor(value))
        {
            return value;
        }

        int places = Count - 1 - (int)Math.Floor(Math.Log10(Math.Abs(value)));
        return places is >= 0 and <= 15 ? Math.Round(value, places) : places < 0 ? Math.Round(value) : value;
    }
}
