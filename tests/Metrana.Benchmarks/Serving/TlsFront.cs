using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Benchmarks.Serving;

/// <summary>TLS in front of a server that speaks none, in a process of its own, with a certificate made for this once.</summary>
internal sealed class TlsFront : IDisposable
{
    /// <summary>The hidden mode of this program that is that process.</summary>
    public const string Mode = "tls-front";

    private readonly Process _process;

    private TlsFront(Process process, string endpoint, string caPem)
    {
        _process = process;
        Endpoint = endpoint;
        CaPem = caPem;
    }

    public string Endpoint { get; }

    /// <summary>The authority to trust.</summary>
    public string CaPem { get; }

    public static TlsFront Start(string upstream)
    {
        ProcessStartInfo start = ChildProcess.Of(Mode, upstream);
        Process process = Process.Start(start)!;
        string port = process.StandardOutput.ReadLine() ?? throw new IOException("The TLS front did not start.");
        string pem = process.StandardOutput.ReadLine() ?? throw new IOException("The TLS front told no certificate.");
        return new TlsFront(process, $"https://localhost:{port}", pem.Replace('|', '\n'));
    }

    /// <summary>Is that process, until its standard input ends.</summary>
    public static async Task<int> ServeAsync(string upstream)
    {
        Uri address = new(upstream);
        using X509Certificate2 authority = MakeAuthority();
        using X509Certificate2 certificate = MakeCertificate(authority);
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Console.WriteLine(((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture));
        Console.WriteLine(authority.ExportCertificatePem().Replace('\n', '|'));
        Task end = Task.Run(Console.In.ReadToEnd); // The reader of the console waits in the call itself, also in its asynchronous ones.
        while (true)
        {
            Task<TcpClient> next = listener.AcceptTcpClientAsync();
            if (await Task.WhenAny(next, end) == end)
            {
                return 0;
            }

            _ = CarryAsync(await next, address, certificate);
        }
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(5)))
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private static async Task CarryAsync(TcpClient client, Uri upstream, X509Certificate2 certificate)
    {
        try
        {
            using TcpClient outer = client;
            using TcpClient inner = new();
            outer.NoDelay = inner.NoDelay = true;
            await using SslStream secure = new(outer.GetStream());
            await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificate = certificate,
                ApplicationProtocols = [SslApplicationProtocol.Http2],
            });
            await inner.ConnectAsync(upstream.Host, upstream.Port);
            await using NetworkStream plain = inner.GetStream();
            await Task.WhenAny(secure.CopyToAsync(plain), plain.CopyToAsync(secure));
        }
        catch (Exception e) when (e is IOException or SocketException or System.Security.Authentication.AuthenticationException)
        {
            await Console.Error.WriteLineAsync($"TLS front: {e.Message}");
        }
    }

    private static X509Certificate2 MakeAuthority()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=Metrana benchmark authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private static X509Certificate2 MakeCertificate(X509Certificate2 authority)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=localhost", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        using X509Certificate2 signed = request.Create(authority, DateTimeOffset.UtcNow.AddMinutes(-30), DateTimeOffset.UtcNow.AddHours(12), [1, 2, 3, 4]);
        return signed.CopyWithPrivateKey(key);
    }
}
