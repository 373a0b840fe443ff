using Metrana.Server;

namespace Metrana.Tool.Kernel;

/// <summary>Points as lines, however many there are: none is held back to see how wide the others are.</summary>
internal sealed class PointRows
{
    private readonly ToolConsole _console;
    private readonly bool _named;
    private readonly bool _rl;

    /// <param name="console">Where they are written.</param>
    /// <param name="named">Whether they are of several series, so that each needs its name.</param>
    /// <param name="rl">Whether any is of reinforcement learning.</param>
    public PointRows(ToolConsole console, bool named, bool rl)
    {
        (_console, _named, _rl) = (console, named, rl);
        Write(
            "series", "environment", "rl_step", "episode", "step", "time", "value");
    }

    public void Write(string series, in StoredPoint point) => Write(
        series,
        point.Environment ?? "",
        point.RlStep is { } rlStep ? Figures.Plain(rlStep) : "",
        point.Episode is { } episode ? Figures.Plain(episode) : "",
        Figures.Plain(point.Step),
        Time(point.TimestampMillis),
        Figures.Exact(point.Value));

    private string Time(long millis) => _console.OutputIsTerminal
        ? Figures.Moment(millis).ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss.fff", System.Globalization.CultureInfo.InvariantCulture)
        : Figures.Moment(millis).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);

    private void Write(string series, string environment, string rlStep, string episode, string step, string time, string value)
    {
        List<(string Text, int Width)> cells = [];
        if (_named)
        {
            cells.Add((Plain.Line(series), 28));
        }

        if (_rl)
        {
            cells.AddRange([(Plain.Line(environment), 12), (rlStep, 8), (episode, 8)]);
        }

        cells.AddRange([(step, 10), (time, 24), (value, 0)]);
        _console.Output.WriteLine(_console.OutputIsTerminal
            ? string.Join("  ", cells.Select(cell => cell.Text.PadRight(cell.Width))).TrimEnd()
            : string.Join('\t', cells.Select(cell => cell.Text)));
    }
}
