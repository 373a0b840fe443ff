using Metrana.Server.Child;
using Metrana.Server.Http;

namespace Metrana.Server;

/// <summary>
/// A Metrana server of one's own: a child process on this machine that takes the points of any logger and answers what it
/// holds. No account and no network is needed.
/// </summary>
/// <remarks>
/// The child ends with <see cref="DisposeAsync"/>, and on its own when this process dies in whatever way, unless
/// <see cref="LocalServerOptions.Linger"/> is set. All members may be used from several threads at once.
/// </remarks>
/// <example>
/// <code>
/// await using var server = await LocalServer.StartAsync();
/// using var logger = new Logger(new LoggerConfig { ApiKey = "any", Endpoint = server.Endpoint, /* ... */ });
/// </code>
/// </example>
public sealed partial class LocalServer : IAsyncDisposable
{
    private readonly ServerProcess _process;
    private readonly ServerHttp _http;
    private readonly bool _linger;
    private readonly ServerFaults? _faults;

    private LocalServer(ServerProcess process, ServerHttp http, LocalServerOptions options)
    {
        _process = process;
        _http = http;
        _linger = options.Linger;
        _faults = options.AllowFaults ? new ServerFaults(http) : null;
    }

    /// <summary>Where loggers send to: the value for a logger's endpoint, like <c>http://127.0.0.1:41234</c>.</summary>
    public string Endpoint => _process.Endpoints.Grpc;

    /// <summary>Where the server answers over HTTP, like <c>http://127.0.0.1:41235</c>.</summary>
    public string HttpEndpoint => _process.Endpoints.Http;

    /// <summary>The id of the server's process.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Makes the server fail on purpose, for tests.</summary>
    /// <exception cref="InvalidOperationException">The server was started without <see cref="LocalServerOptions.AllowFaults"/>.</exception>
    public ServerFaults Faults => _faults ?? throw new InvalidOperationException(
        "This server was started without LocalServerOptions.AllowFaults and does not fail on purpose.");

    /// <summary>Starts a server on free ports of this machine and returns when it listens.</summary>
    /// <param name="options">What differs from the defaults.</param>
    /// <param name="cancellationToken">Gives up; a server that was already started is ended.</param>
    /// <exception cref="LocalServerException">There is no program for this machine, or it did not come up in time.</exception>
    public static async Task<LocalServer> StartAsync(
        LocalServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new LocalServerOptions();
        var program = ServerProgram.Find(options.ProgramPath);
        var process = await ServerProcess.StartAsync(program, options, cancellationToken).ConfigureAwait(false);
        return new LocalServer(process, new ServerHttp(process.Endpoints.Http), options);
    }

    /// <summary>
    /// Ends the server, also one that lingers: it finishes what it is doing, and is killed when that takes longer than
    /// <see cref="LocalServerOptions.StopTimeout"/>. Never throws; calling it again is harmless.
    /// </summary>
    public async Task StopAsync()
    {
        _http.Dispose();
        await _process.StopAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// Ends the server as <see cref="StopAsync"/> does; with <see cref="LocalServerOptions.Linger"/> only lets go of it.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (_linger)
        {
            _http.Dispose();
            _process.LetGo();
        }
        else
        {
            await StopAsync().ConfigureAwait(false);
        }
    }
}
