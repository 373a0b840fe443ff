using Metrana.Server;
using Metrana.Tool.Kernel;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Metrana.Tool.Watching;

/// <summary>Draws a chart as letters: a title with the last values, the field, and the ends of both axes.</summary>
internal static class ChartRenderer
{
    /// <summary>Colours that a dark and a light terminal both show, one for each run.</summary>
    private static readonly Color[] _colors = [Color.DodgerBlue1, Color.DarkOrange, Color.Green3, Color.MediumOrchid, Color.Red3, Color.Teal];

    private const int LabelWidth = 10;

    public static Style StyleOf(int run) => new(_colors[run % _colors.Length]);

    /// <param name="chart">What is drawn.</param>
    /// <param name="width">How many letters a line may have.</param>
    /// <param name="height">How many lines there are.</param>
    /// <param name="log">Whether the vertical axis is logarithmic; what is not positive is left out then.</param>
    public static IReadOnlyList<SegmentLine> Draw(WatchedChart chart, int width, int height, bool log)
    {
        var field = new Plot(Math.Max(1, width - LabelWidth - 1), Math.Max(1, height - 2));
        var (least, greatest) = Range(chart, log);
        var hasRange = !double.IsNaN(least);
        if (hasRange)
        {
            foreach (var (run, curve) in chart.Curves)
            {
                DrawCurve(field, chart, curve, run, least, greatest, log);
            }
        }

        List<SegmentLine> lines = [Title(chart, width)];
        var rows = Math.Max(1, height - 2);
        for (var row = 0; row < rows; row++)
        {
            var label = !hasRange ? "" : row == 0 ? Figures.Of(Back(greatest, log)) : row == rows - 1 ? Figures.Of(Back(least, log)) : "";
            var line = new SegmentLine { new Segment(label.PadLeft(LabelWidth) + "│", new Style(decoration: Decoration.Dim)) };
            line.AddRange(Row(field, row));
            lines.Add(line);
        }

        var (from, to) = (Figures.Of(chart.From), Figures.Of(chart.To));
        var gap = Math.Max(1, width - LabelWidth - 1 - from.Length - to.Length);
        lines.Add([new Segment(new string(' ', LabelWidth + 1) + from + new string(' ', gap) + to, new Style(decoration: Decoration.Dim))]);
        return lines;
    }

    private static SegmentLine Title(WatchedChart chart, int width)
    {
        var title = Cut(Plain.Line(chart.Title), width);
        var line = new SegmentLine { new Segment(title, new Style(decoration: Decoration.Bold)) };
        var left = width - title.Length;
        foreach (var (run, curve) in chart.Curves)
        {
            var at = LastFilled(curve);
            var flags = curve.Flags.Aggregate(NotNumbers.None, (all, one) => all | one);
            var text = "  " + (at < 0 ? "no numbers" : Figures.Of(curve.Last[at])) + (flags == NotNumbers.None ? "" : $" (also {flags})");
            if (text.Length > left)
            {
                break;
            }

            line.Add(new Segment(text, StyleOf(run)));
            left -= text.Length;
        }

        return line;
    }

    private static IEnumerable<Segment> Row(Plot field, int row)
    {
        var letters = field.Row(row);
        var owners = field.Owners(row).ToArray();
        for (var at = 0; at < letters.Length;)
        {
            var end = at + 1;
            while (end < letters.Length && owners[end] == owners[at])
            {
                end++;
            }

            yield return new Segment(letters[at..end], StyleOf(owners[at]));
            at = end;
        }
    }

    /// <summary>First, least, greatest and last of each bucket: no peak is lost, however many points a column of dots stands for.</summary>
    private static void DrawCurve(Plot field, WatchedChart chart, StoredCurve curve, int run, double least, double greatest, bool log)
    {
        (int X, int Y)? before = null;
        for (var at = 0; at < curve.Counts.Count; at++)
        {
            if (curve.Counts[at] == 0)
            {
                continue;
            }

            var x = X(curve.FirstX[at]);
            var (first, last, low, high) = (Y(curve.First[at]), Y(curve.Last[at]), Y(curve.Min[at]), Y(curve.Max[at]));
            if (first is { } begin)
            {
                field.Line((before ?? (x, begin)).X, (before ?? (x, begin)).Y, x, begin, run);
            }

            if (low is { } bottom && high is { } top)
            {
                field.Line(x, bottom, x, top, run);
            }
            else if (high is { } peak)
            {
                field.Line(x, field.Down - 1, x, peak, run); // The rest lies below what a logarithm has.
            }

            before = last is { } end ? (X(curve.LastX[at]), end) : before;
            if (before is { } reached && last is not null)
            {
                field.Line(x, reached.Y, reached.X, reached.Y, run);
            }
        }

        int X(double x) => chart.To > chart.From
            ? (int)Math.Round((x - chart.From) / (chart.To - chart.From) * (field.Across - 1))
            : field.Across / 2;

        int? Y(double value)
        {
            if (log && value <= 0)
            {
                return null;
            }

            var range = greatest - least;
            var part = range > 0 ? (Along(value, log) - least) / range : 0.5;
            return (int)Math.Round((1 - part) * (field.Down - 1));
        }
    }

    private static (double Least, double Greatest) Range(WatchedChart chart, bool log)
    {
        var values = chart.Curves
            .SelectMany(one => one.Curve.Min.Concat(one.Curve.Max))
            .Where(value => double.IsFinite(value) && (!log || value > 0))
            .Select(value => Along(value, log)).ToList();
        return values.Count == 0 ? (double.NaN, double.NaN) : (values.Min(), values.Max());
    }

    /// <summary>Halves: the range of two great numbers may be none that a double holds.</summary>
    private static double Along(double value, bool log) => log ? Math.Log10(value) : value / 2;

    private static double Back(double along, bool log) => log ? Math.Pow(10, along) : along * 2;

    private static int LastFilled(StoredCurve curve)
    {
        for (var at = curve.Counts.Count - 1; at >= 0; at--)
        {
            if (curve.Counts[at] > 0)
            {
                return at;
            }
        }

        return -1;
    }

    private static string Cut(string text, int width) => text.Length <= width ? text : text[..Math.Max(0, width - 1)] + "…";
}
