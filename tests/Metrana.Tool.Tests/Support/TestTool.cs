using System.Text.Json;
using Metrana.Tool.Kernel;

namespace Metrana.Tool.Tests.Support;

/// <summary>Runs the command in this process, with a terminal that is a text.</summary>
internal sealed class TestTool
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    /// <summary>The directory whose server every command is asked with, unless it names one itself.</summary>
    public string? Data { get; init; }

    public bool IsTerminal { get; init; }

    public int Width { get; init; } = 120;

    public string Input { get; init; } = "";

    public Func<ConsoleKeyInfo?>? ReadKey { get; init; }

    public (Stream Input, Stream Output) Streams { get; init; } = (Stream.Null, Stream.Null);

    public Dictionary<string, string> Variables { get; init; } = [];

    public List<Uri> Browsed { get; } = [];

    public async Task<ToolResult> RunAsync(params string[] arguments)
    {
        using var end = new CancellationTokenSource(Deadline);
        return await RunAsync(arguments, new LockedWriter(), end.Token);
    }

    /// <summary>Runs it with an output that a test can look at meanwhile.</summary>
    public async Task<ToolResult> RunAsync(string[] arguments, TextWriter output, CancellationToken cancellationToken)
    {
        using var error = new LockedWriter();
        using var input = new StringReader(Input);
        var console = new ToolConsole(
            input, output, error, IsTerminal, IsTerminal, IsTerminal, () => (Width, 24), ReadKey, ansi: Spectre.Console.AnsiSupport.No);
        var host = new ToolHost(console, Variables.GetValueOrDefault, Browse, TimeProvider.System) { Streams = () => Streams };
        string[] all = Data is null ? arguments : [.. arguments, "--data", Data];
        var code = await MetranaTool.RunAsync(all, host, cancellationToken);
        return new ToolResult(code, output.ToString() ?? "", error.ToString());
    }

    private bool Browse(Uri address)
    {
        Browsed.Add(address);
        return true;
    }
}

/// <summary>What a command left behind.</summary>
internal sealed record ToolResult(int Code, string Output, string Error)
{
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    /// <summary>The cells of a table that was written with tabs, without its titles.</summary>
    public string[][] Rows => [.. Lines.Skip(1).Select(line => line.Split('\t'))];
}
