namespace Metrana.Tool.Kernel;

/// <summary>Tells on standard error how far long work has come: one line that changes, and nothing where no terminal is.</summary>
internal sealed class Progress : IDisposable
{
    private static readonly TimeSpan _often = TimeSpan.FromMilliseconds(200);

    private readonly ToolConsole _console;
    private readonly string _doing;
    private readonly Func<string> _how;
    private readonly Lock _gate = new();
    private readonly Timer? _timer;
    private int _width;
    private bool _ended;

    private Progress(ToolConsole console, string doing, Func<string> how)
    {
        (_console, _doing, _how) = (console, doing, how);
        // Where the answer goes to the same terminal line by line, the two would write over each other.
        _timer = console.ErrorIsTerminal ? new Timer(_ => Show(), null, _often, _often) : null;
    }

    /// <param name="console">Where it is told.</param>
    /// <param name="doing">What is done.</param>
    /// <param name="how">How far it has come; asked from another thread.</param>
    public static Progress Start(ToolConsole console, string doing, Func<string> how) => new(console, doing, how);

    public void Dispose()
    {
        _timer?.Dispose();
        lock (_gate)
        {
            _ended = true;
            if (_width > 0)
            {
                _console.Error.Write("\r" + new string(' ', _width) + "\r");
            }
        }
    }

    private void Show()
    {
        lock (_gate)
        {
            if (_ended)
            {
                return;
            }

            var text = $"{_doing}: {_how()}";
            _console.Error.Write("\r" + text.PadRight(_width));
            _console.Error.Flush();
            _width = Math.Max(_width, text.Length);
        }
    }
}
