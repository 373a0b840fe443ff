using System.Globalization;
using Benchmarks.Measuring;

namespace Benchmarks.Reporting;

/// <summary>How figures stand in a table.</summary>
internal static class Cells
{
    /// <summary>With three significant digits.</summary>
    public static string Number(double value)
    {
        if (value == 0)
        {
            return "0";
        }

        int places = Math.Clamp(2 - (int)Math.Floor(Math.Log10(Math.Abs(value))), 0, 6);
        return Math.Round(value, places).ToString(places == 0 ? "N0" : "0." + new string('#', places), CultureInfo.InvariantCulture);
    }

    /// <summary>Least and median.</summary>
    public static string Of(MinMedianMax figure, double factor = 1) => $"{Number(figure.Min * factor)} / {Number(figure.Median * factor)}";

    /// <summary>A table.</summary>
    public static string Table(IReadOnlyList<string> head, IEnumerable<IReadOnlyList<string>> rows)
    {
        List<string> lines = [Row(head), "|" + string.Concat(Enumerable.Repeat("---|", head.Count)), .. rows.Select(Row)];
        return "\n" + string.Join('\n', lines) + "\n";
    }

    private static string Row(IReadOnlyList<string> cells) => $"| {string.Join(" | ", cells)} |";
}
