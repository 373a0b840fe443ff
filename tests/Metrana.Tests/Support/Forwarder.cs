using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Metrana.Tests.Support;

/// <summary>An address at which nothing listens until <see cref="Open"/>; from then on it leads to a server, and after another call to another one.</summary>
internal sealed class Forwarder : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private volatile Uri? _target;

    public Forwarder()
    {
        // Bound and given back: nobody listens there, and the kernel does not hand it out again so soon.
        _listener.Start();
        int port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _listener.Stop();
        Endpoint = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
        _listener = new TcpListener(IPAddress.Loopback, port);
    }

    public string Endpoint { get; }

    public void Open(string endpoint)
    {
        bool isOpen = _target is not null;
        _target = new Uri(endpoint);
        if (!isOpen)
        {
            _listener.Start();
            _ = AcceptAsync();
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
                _ = ForwardAsync(client, _target!);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ForwardAsync(TcpClient client, Uri endpoint)
    {
        using TcpClient near = client;
        using TcpClient far = new();
        try
        {
            await far.ConnectAsync(endpoint.Host, endpoint.Port, _stop.Token);
            await Task.WhenAny(
                near.GetStream().CopyToAsync(far.GetStream(), _stop.Token), far.GetStream().CopyToAsync(near.GetStream(), _stop.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or IOException)
        {
            // Either side has gone.
        }
    }
}
