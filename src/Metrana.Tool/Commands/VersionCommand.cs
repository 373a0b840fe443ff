using System.Reflection;
using Metrana.Native.Interop;
using Metrana.Server;
using Metrana.Tool.Kernel;

namespace Metrana.Tool.Commands;

/// <summary><c>metrana version</c>: the versions of the tool and of the server that answers.</summary>
internal sealed class VersionCommand : ServerCommand
{
    public VersionCommand(ToolHost host)
        : base(host, "version", "Print the version of this tool, and of the server where one is running") => Does(PrintAsync);

    public static string Own { get; } =
        typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    private static async Task PrintAsync(ToolSession session, CancellationToken cancellationToken)
    {
        var server = await ServerVersionAsync(session, cancellationToken);
        session.Answer(
            new { Tool = Own, Abi = NativeLibraryLocator.AbiVersion, Server = server },
            console =>
            {
                console.Output.WriteLine($"metrana {Own}");
                console.Output.WriteLine(server is null ? "server: none is running" : $"server {Plain.Line(server)}");
            });
    }

    private static async Task<string?> ServerVersionAsync(ToolSession session, CancellationToken cancellationToken)
    {
        var place = session.Server!;
        var found = place.Url is null
            ? await LocalServer.FindAsync(place.Directory, cancellationToken)
            : LocalServer.At(place.Url, place.Key);
        if (found is null)
        {
            return null;
        }

        await using (found)
        {
            return (await found.GetServerAsync(cancellationToken)).Version;
        }
    }
}
