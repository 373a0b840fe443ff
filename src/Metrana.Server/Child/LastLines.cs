namespace Metrana.Server.Child;

/// <summary>The last lines that a process wrote, for the message that tells of its end.</summary>
internal sealed class LastLines
{
    private const int Kept = 20;
    private const int LongestLine = 2000;

    private readonly Queue<string> _lines = new();

    public void Add(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_lines)
        {
            if (_lines.Count == Kept)
            {
                _lines.Dequeue();
            }

            _lines.Enqueue(line.Length <= LongestLine ? line : line[..LongestLine]);
        }
    }

    public string Text()
    {
        lock (_lines)
        {
            return _lines.Count == 0
                ? " It wrote nothing to standard error."
                : $" It wrote to standard error:{Environment.NewLine}{string.Join(Environment.NewLine, _lines)}";
        }
    }
}
