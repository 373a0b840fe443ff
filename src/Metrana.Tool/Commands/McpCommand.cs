using Metrana.Tool.Kernel;
using Metrana.Tool.Mcp;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Metrana.Tool.Commands;

/// <summary><c>metrana mcp</c>: answers an AI assistant over standard input and output.</summary>
internal sealed class McpCommand : ServerCommand
{
    public McpCommand(ToolHost host)
        : base(host, "mcp", "Let an AI assistant read runs, over the Model Context Protocol on standard input and output") => Does(ServeAsync);

    private static async Task ServeAsync(ToolSession session, CancellationToken cancellationToken)
    {
        var (input, output) = session.Host.Streams();
        var tools = new RunTools(session.ConnectAsync);
        McpServerPrimitiveCollection<McpServerTool> collection = [];
        foreach (var tool in tools.All())
        {
            collection.Add(tool);
        }

        var options = new McpServerOptions
        {
            ServerInfo = new Implementation { Name = "metrana", Version = VersionCommand.Own },
            ServerInstructions = "Reads training runs that were logged with Metrana. Nothing can be changed. Begin with list_runs.",
            ToolCollection = collection,
        };
        await using var transport = new StreamServerTransport(input, output, "metrana", null);
        await using var server = McpServer.Create(transport, options, null, null);
        await server.RunAsync(cancellationToken);
    }
}
