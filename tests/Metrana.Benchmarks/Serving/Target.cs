using Benchmarks.Measuring;
using Metrana.Native;
using Metrana.Server;

namespace Benchmarks.Serving;

/// <summary>The server that is logged to: one of another's, or a local one of this program's own, in a process of its own.</summary>
internal sealed class Target : IAsyncDisposable
{
    /// <summary>For a server that has gigabytes to look after.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(1);

    private readonly TargetOptions _options;
    private int _runs;

    private Target(TargetOptions options, LocalServer? server)
    {
        _options = options;
        Server = server;
    }

    /// <summary>The local server, unless the endpoint was given.</summary>
    public LocalServer? Server { get; }

    /// <summary>How far it can be told that everything arrived: <c>server</c>, or <c>counters</c> of a server whose content is out of sight.</summary>
    public string Verified => Server is null ? "counters" : "server";

    public static async Task<Target> OpenAsync(TargetOptions options, bool allowFaults = false)
    {
        if (options.Endpoint is not null)
        {
            return new Target(options, null);
        }

        LocalServerOptions local = new()
        {
            AllowFaults = allowFaults,
            DataDirectory = options.DataDirectory,
            Durability = ServerDurability.Full,
            StartTimeout = _patience,
            StopTimeout = _patience,
        };
        return new Target(options, await LocalServer.StartAsync(local));
    }

    /// <summary>CPU seconds that the local server has used so far; null of another's.</summary>
    public double? ServerCpuSeconds => Server is null ? null : Clocks.OfOther(Server.ProcessId);

    /// <summary>The settings of the next logger: a run of its own.</summary>
    public LoggerConfig NextConfig()
    {
        int number = Interlocked.Increment(ref _runs);
        return new LoggerConfig
        {
            Endpoint = _options.Endpoint ?? Server!.Endpoint,
            ApiKey = Server?.ApiKey ?? _options.ApiKey,
            Workspace = _options.Workspace,
            Project = _options.Project,
            RunName = number == 1 ? _options.Run : $"{_options.Run}-{number}",
            QueueBytes = _options.QueueBytes,
        };
    }

    public Logger OpenLogger() => new(NextConfig());

    /// <summary>Closes a logger, which delivers what is left, and holds what it was given against what arrived.</summary>
    /// <returns>The counters at the end.</returns>
    /// <exception cref="NotDeliveredException">They differ.</exception>
    public async Task<Metrics> CloseAndVerifyAsync(Logger logger, Delivered expected)
    {
        await logger.CloseAsync();
        Metrics metrics = logger.GetMetrics();
        await VerifyAsync(logger, metrics, expected);
        return metrics;
    }

    /// <summary>Holds what a logger was given against its counters and, where it can be seen, against what the server has.</summary>
    /// <exception cref="NotDeliveredException">They differ.</exception>
    public async Task VerifyAsync(Logger logger, Metrics metrics, Delivered expected)
    {
        string? difference = Verification.OfCounters(metrics, expected);
        if (difference is null && Server is not null)
        {
            difference = Verification.OfServer(await Server.GetCountsAsync(logger.RunIdHex), expected);
        }

        if (difference is not null)
        {
            throw new NotDeliveredException(difference);
        }
    }

    /// <summary>The same where the queue has turned calls away: what it took has arrived, and nothing of it was lost.</summary>
    /// <exception cref="NotDeliveredException">They differ.</exception>
    public Task VerifyAcceptedAsync(Logger logger, Metrics metrics, Delivered expected)
    {
        KindMetrics floats = metrics.FloatPoints;
        Metrics accepted = metrics with { FloatPoints = floats with { Added = floats.Enqueued, Refused = 0 } };
        return VerifyAsync(logger, accepted, expected);
    }

    public async ValueTask DisposeAsync()
    {
        if (Server is not null)
        {
            await Server.DisposeAsync();
        }
    }
}
