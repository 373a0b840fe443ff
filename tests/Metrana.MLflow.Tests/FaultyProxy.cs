using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;

namespace Metrana.MLflow.Tests;

/// <summary>What goes wrong with a request on its way to a real server, or with its answer on the way back.</summary>
internal enum Fault
{
    None,

    /// <summary>Nobody takes the connection.</summary>
    Refused,

    /// <summary>The server has done it, and something in between answers 500.</summary>
    Error,

    /// <summary>The server has done it, and something in between answers with a page.</summary>
    Page,

    /// <summary>The server has done it, and the answer never comes.</summary>
    Slow,

    /// <summary>The server has done it, and its answer ends in the middle of the body.</summary>
    Cut,

    /// <summary>Something in between asks for a pause of two seconds, and the server never knew.</summary>
    TooMany,
}

/// <summary>Stands before a real server, on a bare socket: one request in, the server's answer or something else out.</summary>
internal sealed class FaultyProxy : IAsyncDisposable
{
    private readonly string _server;
    private readonly Func<BareRequest, Fault> _script;
    private readonly HttpClient _http = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly object _gate = new();
    private readonly List<TcpClient> _clients = [];
    private readonly int _port;
    private TcpListener? _listener;

    /// <param name="server">The address of the server.</param>
    /// <param name="script">What goes wrong with a request.</param>
    public FaultyProxy(string server, Func<BareRequest, Fault> script)
    {
        (_server, _script) = (server, script);
        using (TcpListener free = new(IPAddress.Loopback, 0))
        {
            free.Start();
            _port = ((IPEndPoint)free.LocalEndpoint).Port;
        }

        Address = $"http://127.0.0.1:{_port}";
        Open();
    }

    public string Address { get; }

    /// <summary>Called when a request is done at the server and its answer held back.</summary>
    public Action OnSlow { get; set; } = static () => { };

    /// <summary>Takes connections.</summary>
    public void Open()
    {
        lock (_gate)
        {
            if (_listener is null)
            {
                TcpListener listener = new(IPAddress.Loopback, _port);
                listener.Start();
                _listener = listener;
                _ = AcceptAsync(listener);
            }
        }
    }

    /// <summary>Ends the connections that there are, and takes no more.</summary>
    public void Shut()
    {
        lock (_gate)
        {
            _listener?.Stop();
            _listener = null;
            _clients.ForEach(client => client.Dispose());
            _clients.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Shut();
        _http.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                TcpClient client = await listener.AcceptTcpClientAsync(_stop.Token);
                lock (_gate)
                {
                    _clients.Add(client);
                }

                _ = Task.Run(() => ServeAsync(client));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // It was shut.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                NetworkStream stream = client.GetStream();
                while (await BareHttp.ReadAsync(stream, _stop.Token) is { } request && await AnswerAsync(stream, request))
                {
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or HttpRequestException)
            {
                // One of both ends went away.
            }
        }
    }

    /// <summary>Whether the connection goes on.</summary>
    private async Task<bool> AnswerAsync(NetworkStream stream, BareRequest request)
    {
        Fault fault = _script(request);
        byte[] answer = fault == Fault.TooMany
            ? BareHttp.Answer(429, "Content-Type: text/plain\r\nRetry-After: 2\r\n", "wait")
            : await ForwardAsync(request);
        switch (fault)
        {
            case Fault.Error:
                answer = BareHttp.Answer(500, "Content-Type: application/json\r\n", """{"error_code":"INTERNAL_ERROR","message":"no"}""");
                break;
            case Fault.Page:
                answer = BareHttp.Answer(502, "Content-Type: text/html\r\n", "<html><h1>Bad Gateway</h1></html>");
                break;
            case Fault.Slow:
                OnSlow();
                await stream.CopyToAsync(Stream.Null, _stop.Token);
                return false;
            case Fault.Cut:
                await stream.WriteAsync(answer.AsMemory(0, answer.Length - 1), _stop.Token);
                return false;
        }

        await stream.WriteAsync(answer, _stop.Token);
        return true;
    }

    private async Task<byte[]> ForwardAsync(BareRequest request)
    {
        using HttpRequestMessage forwarded = new(new HttpMethod(request.Method), _server + request.Target);
        if (request.Body.Length > 0)
        {
            forwarded.Content = new StringContent(request.Body, Encoding.UTF8);
            forwarded.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(request.Headers["content-type"]);
        }

        using HttpResponseMessage response = await _http.SendAsync(forwarded, _stop.Token);
        string type = response.Content.Headers.ContentType?.ToString() ?? "text/plain";
        return BareHttp.Answer((int)response.StatusCode, $"Content-Type: {type}\r\n", await response.Content.ReadAsStringAsync(_stop.Token));
    }
}
