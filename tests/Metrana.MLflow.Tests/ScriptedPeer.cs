using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
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
/// A server of HTTP/1.1 on a bare socket. Unless a test says otherwise it answers as MLflow does.
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
        "runs/get" => new PeerAnswer(200, """{"run":{"info":{"run_id":"given","experiment_id":"5"}}}"""),
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
                while (await BareHttp.ReadAsync(stream, _stop.Token) is { } read)
                {
                    PeerRequest request = new(read.Method, read.Target, read.Headers, read.Body);
                    _requests.Enqueue(request);
                    PeerAnswer answer = Script(request) ?? Usual(request);
                    if (answer.Never)
                    {
                        await stream.CopyToAsync(Stream.Null, _stop.Token);
                        return;
                    }

                    byte[] bytes = BareHttp.Answer(answer.Status, $"Content-Type: {answer.Type}\r\n{answer.Headers}", answer.Body);
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
}
