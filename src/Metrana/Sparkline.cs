namespace Metrana;

/// <summary>A curve as high as a letter.</summary>
internal static class Sparkline
{
    private const string Heights = "▁▂▃▄▅▆▇█";

    /// <param name="values">The values; NaN is a gap.</param>
    public static string Of(IReadOnlyList<double> values)
    {
        double[] finite = [.. values.Where(double.IsFinite)];
        if (finite.Length == 0)
        {
            return "";
        }

        (double least, double greatest) = (finite.Min(), finite.Max());
        return string.Concat(values.Select(value => !double.IsFinite(value) ? ' ' : Heights[Height(value, least, greatest)])).TrimEnd();
    }

    private static int Height(double value, double least, double greatest)
    {
        // Halves: the range of two great numbers may be none that a double holds.
        double range = (greatest / 2) - (least / 2);
        return range == 0 ? 3 : (int)Math.Clamp(((value / 2) - (least / 2)) / range * Heights.Length, 0, Heights.Length - 1);
    }
}
