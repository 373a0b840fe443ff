using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Metrana.MLflow.Tests;

/// <summary>A request as the peer got it.</summary>
internal sealed record PeerRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    /// <summary>The call, such as <c>runs/log-batch</c>.</summary>
    public string Call => Path.Split('?')[0].Replace("/api/2.0/mlflow/", "", StringComparison.Ordinal);
}

/// <summary>What the peer answers.</summary>
internal sealed record PeerAnswer(int Status, string Body, string Type = "application/json", string Headers = "")
{
    public static PeerAnswer Ok { get; } = new(200, "{}");

    /// <summary>How many bytes of the answer are sent before the connection ends; null: all.</summary>
    public int? Cut { get; init; }

    /// <summary>Whether there is none for as long as the client waits.</summary>
    public bool Never { get; init; }

    public static PeerAnswer Error(int status, string code, string message = "no") =>
        new(status, $$"""{"error_code":"{{code}}","message":"{{message}}"}""");
}

/// <summary>
/// A server of HTTP/1.1 on a bare socket, so that it can do what no server does: end in the middle of an answer, or never begin one.
/// Unless a test says otherwise it answers as MLflow does.
/// </summary>
internal sealed class ScriptedPeer : IAsyncDisposable
{
    public const string RunId = "7560a0b3a5464ec69f3467819088cda7";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<PeerRequest> _requests = new();
    private readonly Task _accepting;

    public ScriptedPeer()
    {
        _listener.Start();
        Address = $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";
        _accepting = Task.Run(AcceptAsync);
    }

    public string Address { get; }

    public IReadOnlyList<PeerRequest> Requests => [.. _requests];

    /// <summary>What a test answers; null: what MLflow answers.</summary>
    public Func<PeerRequest, PeerAnswer?> Script { get; set; } = static _ => null;

    public IReadOnlyList<PeerRequest> Of(string call) => [.. _requests.Where(request => request.Call == call)];

    /// <summary>The keys and values of all metrics that were answered with 200, in their order.</summary>
    public IEnumerable<(string Key, string Value)> Metrics => Of("runs/log-batch").Where(request => request.Json.TryGetProperty("metrics", out _))
        .SelectMany(request => request.Json.GetProperty("metrics").EnumerateArray())
        .Select(metric => (metric.GetProperty("key").GetString()!, metric.GetProperty("value").ToString()));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        try
        {
            await _accepting;
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }

        _stop.Dispose();
    }

    private static PeerAnswer Usual(PeerRequest request) => request.Call switch
    {
        "runs/create" => new PeerAnswer(200, $$$$"""{"run":{"info":{"run_id":"{{{{RunId}}}}","experiment_id":"0"}}}"""),
        "runs/search" => PeerAnswer.Ok,
        "experiments/get-by-name" => PeerAnswer.Error(404, "RESOURCE_DOES_NOT_EXIST"),
        "experiments/create" => new PeerAnswer(200, """{"experiment_id":"7"}"""),
        _ => PeerAnswer.Ok,
    };

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
            _ = Task.Run(() => ServeAsync(client));
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                NetworkStream stream = client.GetStream();
                while (await ReadAsync(stream) is { } request)
                {
                    _requests.Enqueue(request);
                    PeerAnswer answer = Script(request) ?? Usual(request);
                    if (answer.Never)
                    {
                        await stream.CopyToAsync(Stream.Null, _stop.Token);
                        return;
                    }

                    byte[] body = Encoding.UTF8.GetBytes(answer.Body);
                    byte[] bytes =
                    [
                        .. Encoding.ASCII.GetBytes(string.Create(
                            CultureInfo.InvariantCulture,
                            $"HTTP/1.1 {answer.Status} X\r\nContent-Type: {answer.Type}\r\nContent-Length: {body.Length}\r\n{answer.Headers}\r\n")),
                        .. body,
                    ];
                    await stream.WriteAsync(bytes.AsMemory(0, answer.Cut ?? bytes.Length), _stop.Token);
                    if (answer.Cut is not null)
                    {
                        return;
                    }
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // The client went away, as some tests have it do.
            }
        }
    }

    private async Task<PeerRequest?> ReadAsync(NetworkStream stream)
    {
        List<byte> head = [];
        byte[] one = new byte[1];
        while (head.Count < 4 || !head[^4..].SequenceEqual("\r\n\r\n"u8.ToArray()))
        {
            if (await stream.ReadAsync(one, _stop.Token) == 0)
            {
                return null;
            }

            head.Add(one[0]);
        }

        string[] lines = Encoding.ASCII.GetString([.. head]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Dictionary<string, string> headers = lines.Skip(1).Select(line => line.Split(": ", 2))
            .ToDictionary(parts => parts[0], parts => parts[1], StringComparer.OrdinalIgnoreCase);
        byte[] body = new byte[headers.TryGetValue("Content-Length", out string? length) ? int.Parse(length, CultureInfo.InvariantCulture) : 0];
        await stream.ReadExactlyAsync(body, _stop.Token);
        string[] request = lines[0].Split(' ');
        return new PeerRequest(request[0], request[1], headers, Encoding.UTF8.GetString(body));
    }
}
