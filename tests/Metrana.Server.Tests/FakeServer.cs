using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace Metrana.Server.Tests;

/// <summary>A server that answers every question as a test says.</summary>
public sealed class FakeServer : IAsyncLifetime, IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<string> _asked = [];
    private FakeProgram? _program;
    private Task _serving = Task.CompletedTask;
    private Func<string, string> _answer = _ => "";
    private int _missing;

    public LocalServer Server { get; private set; } = null!;

    /// <summary>What was asked for since <see cref="Answer(Func{string, string}, int)"/>, in order.</summary>
    public IReadOnlyList<string> Asked => _asked;

    public void Answer(string answer, int missing = 0) => Answer(_ => answer, missing);

    /// <summary>From now on it answers this.</summary>
    /// <param name="answer">The answer to a path.</param>
    /// <param name="missing">How many bytes are promised and do not come.</param>
    public void Answer(Func<string, string> answer, int missing = 0)
    {
        _asked.Clear();
        _answer = answer;
        _missing = missing;
    }

    public async Task InitializeAsync()
    {
        _listener.Start();
        var endpoint = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _program = new FakeProgram($$"""echo '{"grpc":"{{endpoint}}","http":"{{endpoint}}"}'; exec sleep 600""");
        _serving = ServeAsync();
        Server = await LocalServer.StartAsync(new LocalServerOptions { ProgramPath = _program.Path });
    }

    public async Task DisposeAsync()
    {
        await Server.DisposeAsync();
        _listener.Stop();
        await _serving;
    }

    public void Dispose()
    {
        _listener.Dispose();
        _program?.Dispose();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            TcpClient client;
            try
            {
                client = await _listener.AcceptTcpClientAsync();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }

            using (client)
            {
                await AnswerAsync(client.GetStream());
            }
        }
    }

    private async Task AnswerAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, leaveOpen: true);
        if (await reader.ReadLineAsync() is not { } line)
        {
            return;
        }

        var asked = line.Split(' ')[1];
        _asked.Add(asked);
        while (await reader.ReadLineAsync() is { Length: > 0 })
        {
        }

        var body = Encoding.UTF8.GetBytes(_answer(asked));
        var head = $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {body.Length + _missing}\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head));
        await stream.WriteAsync(body);
    }
}
