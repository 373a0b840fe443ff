using Metrana.Server;

namespace Metrana;

/// <summary>A server on this machine.</summary>
/// <param name="Endpoint">Where runs are logged to.</param>
/// <param name="Page">Where people look at them.</param>
/// <param name="Owned">What ends the server with the run; null where it lives on.</param>
internal sealed record FoundServer(string Endpoint, string Page, IAsyncDisposable? Owned)
{
    public string PageOf(string project, string run) => $"{Page.TrimEnd('/')}/?project={Uri.EscapeDataString(project)}&run={Uri.EscapeDataString(run)}";
}

/// <summary>The one place that knows how a local server is found.</summary>
internal static class LocalServers
{
    public static async Task<FoundServer> FindOrStartAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        LocalServer server = await LocalServer.StartAsync(new LocalServerOptions { StartTimeout = timeout }, cancellationToken)
            .ConfigureAwait(false);
        return new FoundServer(server.Endpoint, server.HttpEndpoint, server);
    }
}
