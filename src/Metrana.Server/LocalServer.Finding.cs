using Metrana.Server.Child;
using Metrana.Server.Http;

namespace Metrana.Server;

public sealed partial class LocalServer
{
    /// <summary>Finds the running server of a data directory. It neither starts a server nor changes the directory.</summary>
    /// <param name="dataDirectory">The directory; <see cref="DefaultDataDirectory"/> if omitted.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The server, or <see langword="null"/> if none is running there.</returns>
    public static async Task<LocalServer?> FindAsync(string? dataDirectory = null, CancellationToken cancellationToken = default)
    {
        var path = Path.GetFullPath(dataDirectory ?? DefaultDataDirectory);
        if (!Directory.Exists(path))
        {
            return null;
        }

        var options = new LocalServerOptions { DataDirectory = path };
        return await FoundServer.FindAsync(path, options.StopTimeout, cancellationToken).ConfigureAwait(false) is { } found
            ? new LocalServer(found, options)
            : null;
    }

    /// <summary>Creates a client for the server at an address, which may be on another machine. Nothing is sent to it yet.</summary>
    /// <param name="address">The address, such as <c>http://127.0.0.1:7070</c>.</param>
    /// <param name="apiKey">The key, unless the server requires none.</param>
    /// <remarks><see cref="StopAsync"/> does not stop the server. <see cref="ProcessId"/> is 0.</remarks>
    /// <exception cref="ArgumentException">The address is not an HTTP or HTTPS address.</exception>
    public static LocalServer At(Uri address, string? apiKey = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (!address.IsAbsoluteUri || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps))
        {
            throw new ArgumentException($"'{address}' is not the address of a server: give one like http://127.0.0.1:7070.", nameof(address));
        }

        // A user and a password in an address would end up in messages; a path would be asked in vain.
        var place = address.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);
        return new LocalServer(new LivingServer(0, place, place, apiKey), new LocalServerOptions());
    }

    /// <summary>Gets information about the server.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task<StoredServer> GetServerAsync(CancellationToken cancellationToken = default) =>
        _http.GetAsync("api/v1/server", ServerJson.Default.StoredServer, cancellationToken);

    /// <summary>
    /// Gets an address of the page that admits one browser without the key, once and within an hour. For a server that requires no
    /// key, the address is always <see cref="HttpEndpoint"/>.
    /// </summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <remarks>
    /// The address contains a one-time token after the <c>#</c>, a part that browsers never send. The token is not the key. Show the
    /// address only to the person who is to open it, and do not write it to a file.
    /// </remarks>
    /// <exception cref="LocalServerException">The server does not respond, or rejects the key.</exception>
    public async Task<Uri> GetPageAddressAsync(CancellationToken cancellationToken = default)
    {
        var page = new Uri(HttpEndpoint);
        if (!_http.HasKey)
        {
            return page;
        }

        var given = await _http.PostAsync("api/v1/session/ticket", ServerJson.Default.TicketAnswer, cancellationToken).ConfigureAwait(false);
        return new Uri(page, "#ticket=" + given.Ticket);
    }
}
