using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Benchmarks.Measuring;
using Metrana.Server;

namespace Benchmarks.Serving;

/// <summary>Asks the HTTP API for answers in columns and takes them as they come: what a client makes of them is not measured.</summary>
internal sealed class ServerQuestions : IDisposable
{
    private readonly HttpClient _client;
    private readonly MemoryStream _answer = new();

    public ServerQuestions(LocalServer server)
    {
        SocketsHttpHandler handler = new() { UseProxy = false };
        _client = new HttpClient(handler) { BaseAddress = new Uri(server.HttpEndpoint) };
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", server.ApiKey);
        _client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/vnd.metrana.columns"));
    }

    /// <summary>Asks the same again and again: from before the question to the last byte of the answer, in seconds.</summary>
    /// <param name="rounds">How often; two more, which come first, are not measured.</param>
    /// <param name="path">The path behind the address.</param>
    /// <param name="body">What is posted; nothing: it is a GET.</param>
    /// <param name="verify">Looks at each answer, outside of what is measured.</param>
    public async Task<AskedFigures> AskAsync(int rounds, string path, JsonObject? body, Action<ColumnAnswer> verify)
    {
        const int Warmup = 2;
        List<double> seconds = [];
        for (int round = -Warmup; round < rounds; round++)
        {
            double begun = Clocks.Wall;
            await AskAsync(path, body);
            double taken = Clocks.Wall - begun;
            verify(new ColumnAnswer(_answer.GetBuffer().AsMemory(0, (int)_answer.Length)));
            if (round >= 0)
            {
                seconds.Add(taken);
            }
        }

        return new AskedFigures(MinMedianMax.Of(seconds), _answer.Length);
    }

    /// <summary>What the server keeps of a run on disk.</summary>
    public async Task<long> StoredBytesAsync(string runId)
    {
        JsonElement counts = await _client.GetFromJsonAsync<JsonElement>($"api/v1/runs/{runId}/counts");
        return long.Parse(counts.GetProperty("stored_bytes").GetString()!, System.Globalization.CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        _client.Dispose();
        _answer.Dispose();
    }

    private async Task AskAsync(string path, JsonObject? body)
    {
        using HttpRequestMessage request = new(body is null ? HttpMethod.Get : HttpMethod.Post, path);
        request.Content = body is null ? null : JsonContent.Create(body);
        using HttpResponseMessage response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        if (!response.IsSuccessStatusCode)
        {
            throw new NotDeliveredException($"The server answers {request.Method} {path} with {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
        }

        _answer.SetLength(0);
        await response.Content.CopyToAsync(_answer);
    }
}

/// <summary>What an answer took, and how long it was.</summary>
internal sealed record AskedFigures(MinMedianMax AnswerS, long AnswerBytes);
