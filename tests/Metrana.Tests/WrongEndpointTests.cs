using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Metrana.Native;
using Metrana.Tests.Support;

namespace Metrana.Tests;

/// <summary>An endpoint that no service of ours is behind: a start that fails says which part of the address to look at.</summary>
public sealed class WrongEndpointTests : IDisposable
{
    private readonly TcpListener _peer = new(IPAddress.Loopback, 0);

    public WrongEndpointTests() => _peer.Start();

    private int Port => ((IPEndPoint)_peer.LocalEndpoint).Port;

    [Fact]
    [ParityRow("failures/wrong-endpoint", "nothing listens")]
    public async Task Nothing_listens_at_the_port()
    {
        int port = Port;
        _peer.Stop();
        await FailsAsync($"http://127.0.0.1:{port}", "nothing listens there: is the service running, and is the port right?");
    }

    [Fact]
    [ParityRow("failures/wrong-endpoint", "host is unknown")]
    public Task The_host_is_unknown() => FailsAsync("http://no-such-host.invalid:50051", "the host 'no-such-host.invalid' is not found");

    [Fact]
    [ParityRow("failures/wrong-endpoint", "HTTP/2")]
    public Task What_answers_speaks_another_HTTP() =>
        AnsweredAsync("http", "it speaks HTTP/1 instead of HTTP/2; is the port right?", InPlainHttpAsync);

    [Fact]
    [ParityRow("failures/wrong-endpoint", "TLS")]
    public Task What_answers_speaks_no_TLS() =>
        AnsweredAsync("https", "it does not speak TLS: should the endpoint begin with http://?", InPlainHttpAsync);

    [Fact]
    [ParityRow("failures/wrong-endpoint", "certificate", "ExtraCaPem", "ContinueWithoutServer")]
    public Task Nobody_vouches_for_the_certificate() => AnsweredAsync(
        "https",
        "TLS: the server's certificate was issued by nobody who is trusted here; if that is right, name the issuer's certificate in "
            + "extra_ca_pem (ExtraCaPem)",
        SecureAsync);

    public void Dispose() => _peer.Dispose();

    private async Task AnsweredAsync(string scheme, string message, Func<Stream, Task<Stream>> answer)
    {
        using CancellationTokenSource end = new();
        Task answering = AnswerAsync(answer, end.Token);
        await FailsAsync($"{scheme}://localhost:{Port}", message);
        await end.CancelAsync();
        await answering;
    }

    private async Task AnswerAsync(Func<Stream, Task<Stream>> answer, CancellationToken end)
    {
        List<IDisposable> open = [];
        while (!end.IsCancellationRequested)
        {
            try
            {
                TcpClient client = await _peer.AcceptTcpClientAsync(end);
                open.Add(client);
                open.Add(await answer(client.GetStream()));
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or System.Security.Authentication.AuthenticationException)
            {
                // The client has seen enough.
            }
        }

        open.ForEach(one => one.Dispose());
    }

    private static async Task<Stream> InPlainHttpAsync(Stream stream)
    {
        await stream.WriteAsync(BareHttp.Answer(400, "", "no"));
        return stream;
    }

    /// <summary>A certificate that the peer made for itself.</summary>
    private static async Task<Stream> SecureAsync(Stream stream)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=localhost", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        SslStream secure = new(stream);
        await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
        {
            ServerCertificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1)),
            ApplicationProtocols = [SslApplicationProtocol.Http2],
        });
        return secure;
    }

    /// <summary>A start that fails says so in its exception, and a run that continues in its log.</summary>
    private static async Task FailsAsync(string endpoint, string message)
    {
        RunOptions options = SharedServer.OptionsAt(endpoint) with { StartTimeout = TimeSpan.FromSeconds(2), CloseTimeout = TimeSpan.Zero };
        LoggerInitException e = (await FluentActions.Awaiting(() => Run.StartAsync(options)).Should().ThrowAsync<LoggerInitException>()).Which;
        e.Message.Should().Contain($"'{endpoint}'").And.Contain(message);

        using SharedWriter output = new();
        await using Run run = await Run.StartAsync(options with { ContinueWithoutServer = true, Print = null, Output = output });
        output.ToString().Should().Contain(message).And.MatchRegex("[.?] The run continues without the service");
    }
}
