using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Metrana.Server.Http;

namespace Metrana.Server;

public sealed partial class LocalServer
{
    /// <summary>
    /// Streams the changes on the server as they happen, at most five times a second. While a reader follows, the server does not
    /// end for lack of use.
    /// </summary>
    /// <param name="since">
    /// The <see cref="StoredChanges.Cursor"/> to continue from. If it is omitted or no longer known to the server, the
    /// first element indicates by <see cref="StoredChanges.Reset"/> that everything must be read again.
    /// </param>
    /// <param name="cancellationToken">Stops following.</param>
    /// <returns>The changes, until the server ends.</returns>
    /// <exception cref="LocalServerException">The server does not respond, or the connection was lost.</exception>
    public async IAsyncEnumerable<StoredChanges> FollowAsync(
        string? since = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var path = "api/v1/events" + Query(("since", since));
        using var response = await _http.OpenAsync(path, cancellationToken).ConfigureAwait(false);
        var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        using var reader = new StreamReader(body, Encoding.UTF8);
        var data = new StringBuilder();
        while (await LineAsync(reader, cancellationToken).ConfigureAwait(false) is { } line)
        {
            if (line.StartsWith("data:", StringComparison.Ordinal))
            {
                data.Append(line.AsSpan("data:".Length));
            }
            else if (line.Length == 0 && data.Length > 0)
            {
                // A blank line ends an event. Comments, which keep the connection alive, have no data.
                yield return Read(data.ToString());
                data.Clear();
            }
        }
    }

    private static async Task<string?> LineAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw new LocalServerException($"The server's answer broke off: {e.Message}", e);
        }
    }

    private static StoredChanges Read(string data)
    {
        try
        {
            return JsonSerializer.Deserialize(data, ServerJson.Default.StoredChanges)
                ?? throw new LocalServerException("The server told null of its changes.");
        }
        catch (JsonException e)
        {
            throw new LocalServerException($"A change that the server told is not of the expected form: {e.Message}", e);
        }
    }
}
