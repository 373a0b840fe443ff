using System.CommandLine;
using Metrana.Tool.Kernel;

namespace Metrana.Tool.Commands;

/// <summary><c>metrana ui</c>: the page of the server, which is started where none is running.</summary>
internal sealed class UiCommand : ServerCommand
{
    private readonly Option<bool> _noBrowser;

    public UiCommand(ToolHost host)
        : base(host, "ui", "Print and open the page of the server, and start one where none is running")
    {
        _noBrowser = Option("--no-browser", "Only print the address", false);
        Does(OpenAsync);
    }

    private async Task OpenAsync(ToolSession session, CancellationToken cancellationToken)
    {
        await using var server = await session.ConnectOrStartAsync(cancellationToken);
        await server.GetServerAsync(cancellationToken);
        var address = await server.GetPageAddressAsync(cancellationToken);
        var opened = !session.Value(_noBrowser) && session.Host.Browse(address);
        session.Answer(
            new { Url = address.AbsoluteUri, Opened = opened }, console => console.Output.WriteLine(address.AbsoluteUri));
        if (!opened && !session.Value(_noBrowser))
        {
            session.Tell("No browser could be opened here: open the address yourself.");
        }
    }
}
