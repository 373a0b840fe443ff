using Metrana.Server;

namespace Metrana;

/// <summary>A server on this machine.</summary>
/// <param name="Endpoint">Where runs are logged to.</param>
/// <param name="ApiKey">What it asks loggers for.</param>
/// <param name="Page">Where people look at them.</param>
/// <param name="Hold">What is let go of with the run. The server lives on.</param>
internal sealed record FoundServer(string Endpoint, string ApiKey, string Page, IAsyncDisposable Hold);

/// <summary>The one place that knows how a local server is found.</summary>
internal static class LocalServers
{
    /// <exception cref="LocalServerException">There is no server for this machine, or it did not come up in time.</exception>
    public static async Task<FoundServer> FindOrStartAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        LocalServerOptions options = new() { StartTimeout = timeout };
        LocalServer server = await LocalServer.FindOrStartAsync(options, cancellationToken).ConfigureAwait(false);
        return new FoundServer(server.Endpoint, server.ApiKey, server.HttpEndpoint, server);
    }
}
