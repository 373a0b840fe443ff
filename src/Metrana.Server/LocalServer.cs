using Metrana.Server.Child;
using Metrana.Server.Http;

namespace Metrana.Server;

/// <summary>
/// A Metrana server on this machine. It accepts the points of any logger and returns the data it holds. It needs no account
/// and no network.
/// </summary>
/// <remarks>
/// <para><see cref="StartAsync"/> starts your own server: a child process that ends with <see cref="DisposeAsync"/>, or on its
/// own when this process dies for any reason, unless <see cref="LocalServerOptions.Linger"/> is set.</para>
/// <para><see cref="FindOrStartAsync(string?, CancellationToken)"/> finds the server of a data directory, or starts one that all
/// programs of this user share. That server belongs to no single program and ends when none has used it for a while.</para>
/// <para>All members may be used from several threads at once.</para>
/// </remarks>
/// <example>
/// <code>
/// await using var server = await LocalServer.StartAsync();
/// using var logger = new Logger(new LoggerConfig { ApiKey = server.ApiKey, Endpoint = server.Endpoint, /* ... */ });
/// </code>
/// </example>
public sealed partial class LocalServer : IAsyncDisposable
{
    /// <summary>A server that asks for no key accepts any, and loggers require one.</summary>
    private const string AnyKey = "local-server";

    private readonly ServerHttp _http;
    private readonly Func<Task> _stop;
    private readonly Func<ValueTask> _leave;
    private readonly ServerFaults? _faults;

    private LocalServer(ServerProcess process, LivingServer living, LocalServerOptions options)
        : this(living, options)
    {
        _stop = process.StopAsync;
        _leave = options.Linger ? LetGo : () => new ValueTask(process.StopAsync());

        ValueTask LetGo()
        {
            process.LetGo();
            return ValueTask.CompletedTask;
        }
    }

    private LocalServer(FoundServer found, LocalServerOptions options)
        : this(found.Living, options) => _stop = found.StopAsync;

    private LocalServer(LivingServer living, LocalServerOptions options)
    {
        _http = new ServerHttp(living.Http, living.Key);
        Endpoint = living.Grpc;
        HttpEndpoint = living.Http;
        ApiKey = living.Key ?? AnyKey;
        ProcessId = living.Pid;
        _stop = () => Task.CompletedTask;
        _leave = () => ValueTask.CompletedTask;
        _faults = options.AllowFaults ? new ServerFaults(_http) : null;
    }

    /// <summary>
    /// The default folder for runs: the value of the environment variable <c>METRANA_SERVER_DATA</c>, or else a folder
    /// in the user's data directory, such as <c>~/.local/share/metrana</c>.
    /// </summary>
    /// <exception cref="LocalServerException">The user has no data directory.</exception>
    public static string DefaultDataDirectory => DataDirectory.Default;

    /// <summary>The address for loggers, to be used as their endpoint, such as <c>http://127.0.0.1:7070</c>.</summary>
    public string Endpoint { get; }

    /// <summary>The address of the HTTP API and of the page; usually the same as <see cref="Endpoint"/>.</summary>
    public string HttpEndpoint { get; }

    /// <summary>
    /// The API key for loggers. A server with a data directory requires the key, and keeps it in a file in that directory that only
    /// this user can read.
    /// </summary>
    public string ApiKey { get; }

    /// <summary>The id of the server's process.</summary>
    public int ProcessId { get; }

    /// <summary>Lets tests make the server fail on purpose.</summary>
    /// <exception cref="InvalidOperationException">The server was started without <see cref="LocalServerOptions.AllowFaults"/>.</exception>
    public ServerFaults Faults => _faults ?? throw new InvalidOperationException(
        "This server was started without LocalServerOptions.AllowFaults and does not fail on purpose.");

    /// <summary>Starts a server on a free port of this machine. The task completes when it is listening.</summary>
    /// <param name="options">Settings that differ from the defaults.</param>
    /// <param name="cancellationToken">Cancels the start. A server that has already started is stopped.</param>
    /// <exception cref="LocalServerException">
    /// This machine has no server program, the program did not start in time, or another server uses its data directory.
    /// </exception>
    public static async Task<LocalServer> StartAsync(
        LocalServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new LocalServerOptions();
        var program = ServerProgram.Find(options.ProgramPath);
        var arguments = ServerArguments.OfChild(options);
        var process = await ServerProcess.StartAsync(program, arguments, options, cancellationToken).ConfigureAwait(false);
        var living = new LivingServer(process.Id, process.Endpoints.Grpc, process.Endpoints.Http, null);
        if (options.DataDirectory is { } directory)
        {
            try
            {
                living = await new DataDirectory(directory).FindAsync(cancellationToken).ConfigureAwait(false) is { } found
                    && found.Pid == process.Id
                    ? found
                    : throw new LocalServerException($"The server started in {directory}, but cannot be found there.");
            }
            catch
            {
                await process.StopAsync().ConfigureAwait(false);
                throw;
            }
        }

        return new LocalServer(process, living, options);
    }

    /// <summary>
    /// Finds the running server of a data directory, or starts one that runs until it has not been used for a while.
    /// Programs that call this at the same time find the same server.
    /// </summary>
    /// <param name="dataDirectory">The directory; <see cref="DefaultDataDirectory"/> if omitted.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="LocalServerException">This machine has no server program, or no server started in time.</exception>
    public static Task<LocalServer> FindOrStartAsync(string? dataDirectory = null, CancellationToken cancellationToken = default) =>
        FindOrStartAsync(new LocalServerOptions { DataDirectory = dataDirectory }, cancellationToken);

    /// <summary>
    /// Finds the running server of a data directory, or starts one that runs until it has not been used for a while.
    /// Programs that call this at the same time find the same server.
    /// </summary>
    /// <param name="options">
    /// The directory, and the settings for a server that is started there. They do not affect a server that is already running.
    /// </param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="LocalServerException">This machine has no server program, or no server started in time.</exception>
    public static async Task<LocalServer> FindOrStartAsync(LocalServerOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var found = await FoundServer.FindOrStartAsync(options, cancellationToken).ConfigureAwait(false);
        return new LocalServer(found, options);
    }

    /// <summary>
    /// Stops the server, even one that lingers or that others use. The server finishes its work within
    /// <see cref="LocalServerOptions.StopTimeout"/>; a child process that takes longer is killed. Never throws, and may be called
    /// more than once.
    /// </summary>
    public async Task StopAsync()
    {
        _http.Dispose();
        await _stop().ConfigureAwait(false);
    }

    /// <summary>
    /// Stops a server that <see cref="StartAsync"/> has started, as <see cref="StopAsync"/> does. A server that lingers or was found
    /// keeps running.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _leave().ConfigureAwait(false);
    }
}
