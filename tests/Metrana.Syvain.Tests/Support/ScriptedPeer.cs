using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Metrana.Syvain.Tests.Support;

/// <summary>A request as it came over the wire.</summary>
internal sealed record PeerRequest(string Method, string Path, string Query, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public string? IdempotencyKey => Headers.GetValueOrDefault("idempotency-key");

    public bool IsIngest => Path.EndsWith("/ingest", StringComparison.Ordinal);

    public bool IsAnnotation => Path.EndsWith("/annotations", StringComparison.Ordinal);

    public bool IsKey => Path.EndsWith("/ingestion-keys", StringComparison.Ordinal);

    public bool IsStatus => Method == "POST" && !IsIngest && !IsAnnotation && !IsKey && Path != "/api/v1/experiments";

    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    /// <summary>The values of the metrics in it.</summary>
    public IReadOnlyList<double> Values => [.. Json.GetProperty("data").EnumerateArray().Select(metric => metric.GetProperty("value").GetDouble())];
}

/// <summary>What a peer does with a request.</summary>
internal sealed record PeerAnswer(int Status, string Body)
{
    /// <summary>The connection is closed without an answer.</summary>
    public static PeerAnswer Drop { get; } = new(0, "");

    /// <summary>The request is never answered.</summary>
    public static PeerAnswer Never { get; } = new(-1, "");

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public static PeerAnswer Error(int status, string message = "scripted failure", string details = "code=scripted") =>
        new(status, $$"""{"data": null, "error": {"message": "{{message}}", "details": "{{details}}"} }""");
}

/// <summary>A peer on this machine that answers HTTP requests as a test wants, and keeps them.</summary>
internal sealed class ScriptedPeer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<PeerRequest, PeerAnswer> _answer;
    private readonly List<PeerRequest> _requests = [];
    private readonly List<TcpClient> _connections = [];

    public ScriptedPeer(Func<PeerRequest, PeerAnswer> answer)
    {
        _answer = answer;
        _listener.Start();
        Host = $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";
        _ = Task.Run(ListenAsync);
    }

    public string Host { get; }

    public IReadOnlyList<PeerRequest> Requests
    {
        get
        {
            lock (_requests)
            {
                return [.. _requests];
            }
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        lock (_connections)
        {
            _connections.ForEach(connection => connection.Dispose());
        }
    }

    private async Task ListenAsync()
    {
        try
        {
            while (true)
            {
                TcpClient connection = await _listener.AcceptTcpClientAsync();
                lock (_connections)
                {
                    _connections.Add(connection);
                }

                _ = Task.Run(() => ServeAsync(connection));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The test is over.
        }
    }

    /// <summary>Answers the requests of one connection, one after the other.</summary>
    private async Task ServeAsync(TcpClient connection)
    {
        try
        {
            BufferedStream stream = new(connection.GetStream());
            while (await BareHttp.ReadAsync(stream) is { } read)
            {
                string[] target = read.Target.Split('?', 2);
                PeerAnswer answer = AnswerTo(new PeerRequest(
                    read.Method, target[0], target.Length > 1 ? target[1] : "", read.Headers, read.Body));
                if (answer == PeerAnswer.Drop)
                {
                    connection.Dispose();
                    return;
                }

                if (answer == PeerAnswer.Never)
                {
                    return;
                }

                string headers = string.Concat(answer.Headers.Select(header => $"{header.Key}: {header.Value}\r\n"));
                await stream.WriteAsync(BareHttp.Answer(answer.Status, headers, answer.Body));
                await stream.FlushAsync();
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The client has gone.
        }
    }

    private PeerAnswer AnswerTo(PeerRequest request)
    {
        lock (_requests)
        {
            _requests.Add(request);
            try
            {
                return _answer(request);
            }
            catch (Exception e)
            {
                return new PeerAnswer(418, $"the script failed: {e.Message}");
            }
        }
    }
}
