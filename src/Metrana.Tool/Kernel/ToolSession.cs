using System.CommandLine;
using Metrana.Server;

namespace Metrana.Tool.Kernel;

/// <summary>One use of a command.</summary>
/// <param name="Host">What is around it.</param>
/// <param name="Parsed">Its command line.</param>
/// <param name="Json">Whether it writes JSON.</param>
/// <param name="Server">Which server it asks.</param>
internal sealed record ToolSession(ToolHost Host, ParseResult Parsed, bool Json, ServerPlace? Server)
{
    public ToolConsole Console => Host.Console;

    public T Value<T>(Option<T> option) => Parsed.GetValue(option)!;

    public T Value<T>(Argument<T> argument) => Parsed.GetValue(argument)!;

    /// <summary>The server, found or, where runs lie in the data directory, started.</summary>
    public Task<LocalServer> ConnectAsync(CancellationToken cancellationToken) => Server!.ConnectAsync(start: false, cancellationToken);

    /// <summary>The server, started where there is none and nothing was ever kept.</summary>
    public Task<LocalServer> ConnectOrStartAsync(CancellationToken cancellationToken) =>
        Server!.ConnectAsync(start: true, cancellationToken);

    /// <summary>Writes an answer: as JSON, or as <paramref name="write"/> writes it for people.</summary>
    public void Answer(object json, Action<ToolConsole> write)
    {
        if (Json)
        {
            Console.Output.WriteLine(ToolJson.Write(json, indented: true));
        }
        else
        {
            write(Console);
        }
    }

    /// <summary>Tells something beside the answer.</summary>
    public void Tell(string text) => Console.Error.WriteLine("metrana: " + Plain.Line(text));
}
