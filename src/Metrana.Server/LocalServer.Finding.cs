using Metrana.Server.Child;
using Metrana.Server.Http;

namespace Metrana.Server;

public sealed partial class LocalServer
{
    /// <summary>Finds the running server of a data directory. It starts none and leaves the directory as it is.</summary>
    /// <param name="dataDirectory">The directory; without it <see cref="DefaultDataDirectory"/>.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The server, or <see langword="null"/> when none lives there.</returns>
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

    /// <summary>Uses a server by its address, even one on another machine. Nothing is sent to it yet.</summary>
    /// <param name="address">Where it answers, such as <c>http://127.0.0.1:7070</c>.</param>
    /// <param name="apiKey">Its key, unless it asks for none.</param>
    /// <remarks><see cref="StopAsync"/> does not end it. <see cref="ProcessId"/> is 0.</remarks>
    /// <exception cref="ArgumentException">The address is not one of HTTP or HTTPS.</exception>
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

    /// <summary>What the server says about itself.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task<StoredServer> GetServerAsync(CancellationToken cancellationToken = default) =>
        _http.GetAsync("api/v1/server", ServerJson.Default.StoredServer, cancellationToken);

    /// <summary>
    /// An address of the page that lets one browser in without the key: once, and within the hour. A server that asks for no key
    /// has one address for everybody, which is <see cref="HttpEndpoint"/>.
    /// </summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <remarks>
    /// What lets the browser in is behind the <c>#</c>, which browsers send to nobody, and is not the key. Show it to the person
    /// who is to open it, and write it into no file.
    /// </remarks>
    /// <exception cref="LocalServerException">The server does not answer, or refuses the key.</exception>
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
