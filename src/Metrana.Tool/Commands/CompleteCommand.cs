using System.CommandLine;
using Metrana.Tool.Kernel;

namespace Metrana.Tool.Commands;

/// <summary><c>metrana complete</c>, which the shells' scripts call: what may stand at the end of a command line.</summary>
internal sealed class CompleteCommand : ToolCommand
{
    private readonly Argument<string> _line = new("line");
    private readonly ToolHost _host;

    public CompleteCommand(ToolHost host)
        : base(host, "complete", "What may stand at the end of a command line")
    {
        _host = host;
        Hidden = true;
        Arguments.Add(_line);
        Does(Complete);
    }

    private Task Complete(ToolSession session, CancellationToken cancellationToken)
    {
        var line = session.Value(_line);
        var found = MetranaTool.Create(_host).Parse(line).GetCompletions(line.Length).Select(one => one.Label).Distinct().ToList();
        session.Answer(found, console => found.ForEach(console.Output.WriteLine));
        return Task.CompletedTask;
    }
}
