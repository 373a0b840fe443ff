using Metrana.Server;

namespace Metrana;

/// <summary>A server on this machine.</summary>
/// <param name="Endpoint">Where runs are logged to.</param>
/// <param name="ApiKey">The key that the server expects from loggers.</param>
/// <param name="Page">The address of the page that shows the runs.</param>
/// <param name="Ticket">
/// A one-time ticket for the browser of the person at this terminal; null if the server recognizes the browser without one.
/// </param>
/// <param name="Hold">The hold on the server, released with the run. The server keeps running.</param>
internal sealed record FoundServer(string Endpoint, string ApiKey, string Page, string? Ticket, IAsyncDisposable Hold);

/// <summary>The one place that knows how a local server is found.</summary>
internal static class LocalServers
{
    /// <summary>
    /// Whether a server recognizes its user's browsers by their connections. In the Windows Subsystem for Linux the browser is
    /// outside, with Windows.
    /// </summary>
    private static bool ServersKnowTheirUser =>
        OperatingSystem.IsLinux() && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("WSL_DISTRO_NAME"));

    /// <param name="timeout">How long the server may take to start.</param>
    /// <param name="forPerson">Whether a person will read where the page is, and nobody else.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LocalServerException">There is no server for this machine, or it did not come up in time.</exception>
    public static async Task<FoundServer> FindOrStartAsync(TimeSpan timeout, bool forPerson, CancellationToken cancellationToken)
    {
        LocalServerOptions options = new() { StartTimeout = timeout };
        LocalServer server = await LocalServer.FindOrStartAsync(options, cancellationToken).ConfigureAwait(false);
        string? ticket = forPerson && !ServersKnowTheirUser
            ? await TicketAsync(server, cancellationToken).ConfigureAwait(false)
            : null;
        return new FoundServer(server.Endpoint, server.ApiKey, server.HttpEndpoint, ticket, server);
    }

    private static async Task<string?> TicketAsync(LocalServer server, CancellationToken cancellationToken)
    {
        try
        {
            Uri address = await server.GetPageAddressAsync(cancellationToken).ConfigureAwait(false);
            return address.Fragment is "" ? null : address.Fragment;
        }
        catch (LocalServerException)
        {
            // The page asks for the key then; the run is not worse for it.
            return null;
        }
    }
}
