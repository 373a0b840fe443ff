using Spectre.Console;

namespace Metrana.Tool.Kernel;

/// <summary>Everything that a command reads from a person and writes to one. Tests look at what it wrote.</summary>
internal sealed class ToolConsole
{
    /// <summary>Text that goes to no terminal is not cut.</summary>
    private const int Unlimited = 100_000;

    private readonly Func<(int Width, int Height)> _size;

    public ToolConsole(
        TextReader input,
        TextWriter output,
        TextWriter error,
        bool inputIsTerminal,
        bool outputIsTerminal,
        bool errorIsTerminal,
        Func<(int Width, int Height)> size,
        Func<ConsoleKeyInfo?>? readKey = null,
        AnsiSupport ansi = AnsiSupport.Detect)
    {
        Input = input;
        Output = output;
        Error = error;
        InputIsTerminal = inputIsTerminal;
        OutputIsTerminal = outputIsTerminal;
        ErrorIsTerminal = errorIsTerminal;
        _size = size;
        ReadKey = readKey ?? (() => null);
        Screen = Make(output, outputIsTerminal, ansi);
        Messages = Make(error, errorIsTerminal, ansi);
    }

    public TextReader Input { get; }

    /// <summary>What was asked for.</summary>
    public TextWriter Output { get; }

    /// <summary>What is told besides: progress, warnings, errors.</summary>
    public TextWriter Error { get; }

    public bool InputIsTerminal { get; }

    public bool OutputIsTerminal { get; }

    public bool ErrorIsTerminal { get; }

    /// <summary>The key that was pressed, if any was; it does not wait.</summary>
    public Func<ConsoleKeyInfo?> ReadKey { get; }

    /// <summary><see cref="Output"/> with colours, where it can show them.</summary>
    public IAnsiConsole Screen { get; }

    /// <summary><see cref="Error"/> with colours, where it can show them.</summary>
    public IAnsiConsole Messages { get; }

    public int Width => _size().Width;

    public int Height => _size().Height;

    public static ToolConsole OfProcess() => new(
        Console.In,
        Console.Out,
        Console.Error,
        !Console.IsInputRedirected,
        !Console.IsOutputRedirected,
        !Console.IsErrorRedirected,
        ProcessSize,
        () => !Console.IsInputRedirected && Console.KeyAvailable ? Console.ReadKey(intercept: true) : null);

    private static (int Width, int Height) ProcessSize()
    {
        try
        {
            return (Console.WindowWidth > 0 ? Console.WindowWidth : 80, Console.WindowHeight > 0 ? Console.WindowHeight : 24);
        }
        catch (IOException)
        {
            return (80, 24); // Both streams are redirected.
        }
    }

    private IAnsiConsole Make(TextWriter writer, bool isTerminal, AnsiSupport ansi)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = isTerminal ? ansi : AnsiSupport.No,
            ColorSystem = isTerminal && ansi != AnsiSupport.No ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new Place(writer, isTerminal, () => isTerminal ? _size() : (Unlimited, 24)),
        });
        return console;
    }

    private sealed class Place(TextWriter writer, bool isTerminal, Func<(int Width, int Height)> size) : IAnsiConsoleOutput
    {
        public TextWriter Writer => writer;

        public bool IsTerminal => isTerminal;

        public int Width => size().Width;

        public int Height => size().Height;

        public void SetEncoding(System.Text.Encoding encoding)
        {
            // The streams of a process are what they are; a test's are texts.
        }
    }
}
