using Metrana.Tool.Kernel;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Metrana.Tool.Watching;

/// <summary>How the person wants it.</summary>
/// <param name="Filter">Which metrics.</param>
/// <param name="Log">Whether the vertical axes are logarithmic.</param>
/// <param name="Skip">How many charts were scrolled past.</param>
/// <param name="Typing">The filter as it is being typed; nothing when nobody types.</param>
internal sealed record WatchView(string Filter, bool Log, int Skip = 0, string? Typing = null)
{
    /// <summary>What a key changes; nothing stands for the end.</summary>
    /// <param name="key">The key.</param>
    /// <param name="page">How many charts a screen has.</param>
    /// <param name="fitting">How many charts there are.</param>
    public WatchView? Press(ConsoleKeyInfo key, int page, int fitting)
    {
        if (Typing is { } typed)
        {
            return key.Key switch
            {
                ConsoleKey.Enter => this with { Filter = typed, Typing = null, Skip = 0 },
                ConsoleKey.Escape => this with { Typing = null },
                ConsoleKey.Backspace => this with { Typing = typed.Length > 0 ? typed[..^1] : "" },
                _ when !char.IsControl(key.KeyChar) => this with { Typing = typed + key.KeyChar },
                _ => this,
            };
        }

        return key.Key switch
        {
            ConsoleKey.Q or ConsoleKey.Escape => null,
            ConsoleKey.L => this with { Log = !Log },
            ConsoleKey.DownArrow or ConsoleKey.PageDown or ConsoleKey.Spacebar when Skip + page < fitting => this with { Skip = Skip + page },
            ConsoleKey.UpArrow or ConsoleKey.PageUp => this with { Skip = Math.Max(0, Skip - page) },
            _ when key.KeyChar == '/' => this with { Typing = Filter },
            _ => this,
        };
    }
}

/// <summary>Draws a screen: the runs, as many charts as there is room for, and the keys.</summary>
internal static class FrameRenderer
{
    private const int LeastWidth = 44;
    private const int LeastHeight = 8;

    /// <summary>How many charts a screen of this size has, and how large each is.</summary>
    public static (int Columns, int Rows, int ChartWidth, int ChartHeight) Grid(int width, int height, int runs)
    {
        var columns = Math.Max(1, width / LeastWidth);
        var room = Math.Max(3, height - runs - 2);
        var rows = Math.Max(1, room / LeastHeight);
        return (columns, rows, Math.Max(16, (width / columns) - 1), Math.Max(3, room / rows));
    }

    public static IRenderable Draw(WatchedRuns shown, int fitting, WatchView view, int width, int height)
    {
        var (columns, _, chartWidth, chartHeight) = Grid(width, height, shown.Runs.Count);
        List<SegmentLine> lines = [];
        for (var at = 0; at < shown.Runs.Count; at++)
        {
            var run = shown.Runs[at];
            lines.Add(
            [
                new Segment("● ", ChartRenderer.StyleOf(at)),
                new Segment(Cut(Plain.Line($"{run.Project}/{run.Name}  {StatusLook.Name(run.Status)}  {Figures.Of(run.Points)} points"), width - 2)),
            ]);
        }

        foreach (var row in shown.Charts.Chunk(columns))
        {
            var drawn = row.Select(chart => ChartRenderer.Draw(chart, chartWidth, chartHeight, view.Log)).ToList();
            for (var at = 0; at < chartHeight; at++)
            {
                var line = new SegmentLine();
                foreach (var chart in drawn)
                {
                    if (at < chart.Count)
                    {
                        line.AddRange(chart[at]);
                        line.Add(new Segment(new string(' ', Math.Max(1, chartWidth + 1 - chart[at].CellCount()))));
                    }
                }

                lines.Add(line);
            }
        }

        if (shown.Charts.Count == 0)
        {
            lines.Add([new Segment(view.Filter.Length == 0 ? "No numbers yet." : Plain.Line($"No metric fits '{view.Filter}'."))]);
        }

        lines.Add([new Segment(Cut(Foot(shown, fitting, view), width), new Style(decoration: Decoration.Dim))]);
        return new Lines(lines.Take(Math.Max(1, height)), width);
    }

    private static string Foot(WatchedRuns shown, int fitting, WatchView view) => view.Typing is { } typed
        ? $"filter: {Plain.Line(typed)}_   Enter: take it   Esc: leave it"
        : $"charts {Math.Min(view.Skip + 1, fitting)}-{view.Skip + shown.Charts.Count} of {fitting}"
            + (view.Filter.Length == 0 ? "" : Plain.Line($" with '{view.Filter}'")) + (view.Log ? "   log" : "")
            + "   q: quit   /: filter   l: log   arrows: more";

    private static string Cut(string text, int width) => text.Length <= width ? text : text[..Math.Max(0, width - 1)] + "…";

    private sealed class Lines(IEnumerable<SegmentLine> lines, int width) : Renderable
    {
        private readonly List<SegmentLine> _lines = [.. lines];

        protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
        {
            for (var at = 0; at < _lines.Count; at++)
            {
                var line = _lines[at];
                foreach (var segment in line)
                {
                    yield return segment;
                }

                // Blanks cover what an earlier frame had there.
                yield return new Segment(new string(' ', Math.Max(0, Math.Min(width, maxWidth) - line.CellCount())));
                if (at < _lines.Count - 1)
                {
                    yield return Segment.LineBreak;
                }
            }
        }
    }
}
