using Spectre.Console;

namespace Metrana.Tool.Kernel;

/// <summary>
/// Rows under titles: at a terminal as a table that fits it, otherwise as lines with tabs between the cells, which other programs
/// take apart.
/// </summary>
internal sealed class ToolTable(params ToolColumn[] columns)
{
    private readonly List<string[]> _rows = [];

    public void Add(params string[] cells) => _rows.Add(cells);

    public void Write(ToolConsole console)
    {
        if (!console.OutputIsTerminal)
        {
            console.Output.WriteLine(string.Join('\t', columns.Select(column => column.Title)));
            foreach (var row in _rows)
            {
                console.Output.WriteLine(string.Join('\t', row.Select(Plain.Line)));
            }

            return;
        }

        // What is least needed gives way first, and what is empty says nothing.
        var shown = Enumerable.Range(0, columns.Length)
            .Where(at => console.Width >= columns[at].FromWidth && _rows.Exists(row => row[at].Length > 0)).ToList();
        var table = new Table().Border(TableBorder.None).Collapse();
        foreach (var column in shown.Select(at => columns[at]))
        {
            table.AddColumn(new TableColumn(new Text(column.Title, new Style(decoration: Decoration.Dim)))
            {
                Alignment = column.IsNumber ? Justify.Right : Justify.Left,
                NoWrap = !column.Wraps,
                Padding = new Padding(0, 0, 2, 0),
            });
        }

        foreach (var row in _rows)
        {
            table.AddRow(shown.Select(at => new Text(Plain.Line(row[at]), columns[at].Style?.Invoke(row[at]) ?? Style.Plain)));
        }

        console.Screen.Write(table);
    }
}

/// <summary>A column of a table.</summary>
/// <param name="Title">Its title, which is also the name that programs know it by.</param>
/// <param name="IsNumber">Whether its cells stand at the right.</param>
/// <param name="Wraps">Whether a cell may take several lines where the terminal is narrow; others are cut.</param>
/// <param name="FromWidth">How wide a terminal has to be to show it.</param>
/// <param name="Style">How a cell looks.</param>
internal sealed record ToolColumn(
    string Title, bool IsNumber = false, bool Wraps = false, int FromWidth = 0, Func<string, Style>? Style = null);
