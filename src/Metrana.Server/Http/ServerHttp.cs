using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Metrana.Server.Http;

/// <summary>Asks the server over HTTP and turns whatever is not an answer into a <see cref="LocalServerException"/>.</summary>
internal sealed class ServerHttp : IDisposable
{
    private readonly HttpClient _client;

    public ServerHttp(string endpoint, string? key)
    {
        // The server is on this machine: a proxy of the environment has no place on the way.
        var handler = new SocketsHttpHandler { UseProxy = false };
        _client = new HttpClient(handler) { BaseAddress = new Uri(endpoint) };
        HasKey = key is not null;
        if (key is not null)
        {
            _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }
    }

    /// <summary>Whether it shows a key.</summary>
    public bool HasKey { get; }

    public async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        return await ReadAsync(request, path, type, cancellationToken).ConfigureAwait(false);
    }

    public async Task<T> SendAsync<TBody, T>(
        HttpMethod method,
        string path,
        TBody body,
        JsonTypeInfo<TBody> bodyType,
        JsonTypeInfo<T> type,
        CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body, bodyType) };
        return await ReadAsync(request, path, type, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Asks a question whose answer is <see cref="Columns"/>.</summary>
    public async Task<byte[]> ColumnsAsync<T>(string path, T body, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body, type) };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(Columns.Type));
        using var response = await SendAsync(request, cancellationToken).ConfigureAwait(false);
        return await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Begins an answer that has no end.</summary>
    public async Task<HttpResponseMessage> OpenAsync(string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        return await SendAsync(request, cancellationToken, HttpCompletionOption.ResponseHeadersRead).ConfigureAwait(false);
    }

    public static LocalServerException OfAnotherForm(string method, string path, Exception why) => new(
        $"The server's answer to {method} {path} is not of the expected form: {why.Message} "
        + "Is it another version of metrana-server than this package's?",
        why);

    public async Task PostAsync<T>(string path, T body, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body, type) };
        using var response = await SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    public async Task PostAsync(string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        using var response = await SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Asks for something that is made for this question.</summary>
    public async Task<T> PostAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        return await ReadAsync(request, path, type, cancellationToken).ConfigureAwait(false);
    }

    public async Task DeleteAsync(string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, path);
        using var response = await SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    public void Dispose() => _client.Dispose();

    private async Task<T> ReadAsync<T>(
        HttpRequestMessage request, string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(request, cancellationToken).ConfigureAwait(false);
        try
        {
            return await response.Content.ReadFromJsonAsync(type, cancellationToken).ConfigureAwait(false)
                ?? throw new LocalServerException($"The server answered null to {request.Method} {path}.", response.StatusCode);
        }
        // The second is for a value that does not say which of several types it is.
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw OfAnotherForm(request.Method.Method, path, e);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken,
        HttpCompletionOption completion = HttpCompletionOption.ResponseContentRead)
    {
        HttpResponseMessage response;
        try
        {
            response = await _client.SendAsync(request, completion, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException e)
        {
            throw new LocalServerException($"The server at {_client.BaseAddress} does not answer: {e.Message}", e);
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            var status = response.StatusCode;
            var text = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
            throw new LocalServerException(
                $"The server refused {request.Method} {request.RequestUri} ({(int)status} {status}): {ErrorText(text)}", status);
        }
    }

    private static string ErrorText(string body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, ServerJson.Default.ErrorAnswer)?.Error ?? body;
        }
        catch (JsonException)
        {
            return body;
        }
    }
}
