using System.Diagnostics;
using System.Globalization;
using Metrana.Attributes;
using Metrana.Backends;
using Metrana.Mirrors;
using Metrana.Native;
using Metrana.Native.Interop;
using Metrana.Server;

namespace Metrana;

/// <summary>
/// Opens one run: finds or starts the server on this machine where the run goes to one, and opens the run there. One deadline holds
/// for both.
/// </summary>
internal sealed class RunOpening
{
    /// <summary>How long after a failed try the next one comes.</summary>
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(2);

    /// <summary>More than the system's timers can count is as long as it takes.</summary>
    private static readonly TimeSpan _longest = TimeSpan.FromDays(24);

    private readonly RunSettings _settings;
    private readonly RunConsole _console;
    private readonly MirrorSet _mirrors;
    private readonly LoggerConfig _config;
    private volatile FoundServer? _server;

    public RunOpening(RunSettings settings, RunConsole console, MirrorSet mirrors)
    {
        (_settings, _console, _mirrors) = (settings, console, mirrors);
        _config = settings.ToLoggerConfig();
        _config.TellsOfDoubtfulScales = scale =>
            console.Warn(LoggerEvents.DoubtfulScale, scale.Text, ("Scale", scale.Scale), ("Near", scale.Near));
    }

    /// <summary>The settings of the engine, for the server that was found.</summary>
    public LoggerConfig Config => _server is { } server ? Lead(_config, server) : _config;

    /// <summary>Where the run goes, in words for people who wait for it.</summary>
    public string Where => !_settings.IsLocal ? _config.Endpoint : _server?.Endpoint ?? "a server on this machine";

    /// <summary>What is behind the address of the page, for the browser of the person who reads it.</summary>
    public string? Ticket => _server?.Ticket;

    /// <summary>Where people look at the run; null where nobody knows.</summary>
    public string? PageOf(string runId) =>
        _server is { } server ? PageAddress.Of(server.Page, _settings.Options.Workspace, _settings.Project, runId) : null;

    /// <summary>Opens the run in one try.</summary>
    /// <exception cref="LoggerInitException">That failed.</exception>
    public async Task<Backend> OpenAsync(CancellationToken cancellationToken)
    {
        long since = Stopwatch.GetTimestamp();
        if (_settings.IsLocal)
        {
            FoundServer server = await FindAsync(_config.InitTimeout, cancellationToken).ConfigureAwait(false);
            await LetGoAsync().ConfigureAwait(false);
            _server = server;
        }

        TimeSpan left = _config.InitTimeout - Stopwatch.GetElapsedTime(since);
        Logger logger = await Logger.OpenAsync(
            Config with { InitTimeout = left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1) }, cancellationToken).ConfigureAwait(false);
        LoggerBackend backend = new(logger, new LabelWatch(_console), new StoppedEngine(_config, _console));
        Describe(_mirrors.Over(backend), _settings.Options);
        return backend;
    }

    /// <summary>Keeps what is logged and tries again for as long as the run goes on.</summary>
    /// <param name="why">Why it is not open.</param>
    public WaitingBackend KeepTrying(LoggerInitException why)
    {
        _console.Warn(
            RunEvents.WaitsForService,
            $"{Wording.Sentence(why.Message)} The run continues without the service, and delivers when it appears.",
            ("Reason", why.Message));
        return new WaitingBackend(_config.QueueBytes, _console, OpenLaterAsync);
    }

    /// <summary>Whether the service may be there another time.</summary>
    public static bool IsAway(LoggerInitException e) => e.StatusCode is MetranaStatus.ConnectFailed or MetranaStatus.InitTimeout;

    /// <summary>Lets go of the server that was found. It lives on.</summary>
    public ValueTask LetGoAsync() => _server?.Hold.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>The settings for a server that was found, as far as the program's own say has not settled them.</summary>
    private static LoggerConfig Lead(LoggerConfig config, FoundServer server)
    {
        bool isOpen = config.Endpoint == new LoggerConfig().Endpoint;
        return config with
        {
            Endpoint = isOpen ? server.Endpoint : config.Endpoint,
            ApiKey = config.ApiKey == RunSettings.LocalKey ? server.ApiKey : config.ApiKey,
        };
    }

    private async Task<FoundServer> FindAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(timeout < _longest ? timeout : _longest);
        string remedy = _settings.ContinuesWithoutServer
            ? ""
            : " To log to another server, set Endpoint; to go on without one until it appears, ContinueWithoutServer.";
        try
        {
            return await LocalServers.FindOrStartAsync(timeout, _console.IsTerminal, deadline.Token).ConfigureAwait(false);
        }
        catch (LocalServerException e)
        {
            throw new LoggerInitException(
                MetranaStatus.ConnectFailed, $"No server was found or started on this machine. {e.Message}{remedy}", null, e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            string text = string.Create(
                CultureInfo.InvariantCulture,
                $"No server was found or started on this machine within {timeout.TotalSeconds:0.###} s (StartTimeout).{remedy}");
            throw new LoggerInitException(MetranaStatus.InitTimeout, text, null, e);
        }
    }

    private async Task<Backend?> OpenLaterAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                try
                {
                    Backend backend = await OpenAsync(cancellationToken).ConfigureAwait(false);
                    _console.Say($"run {_settings.Project}/{_settings.Name} has reached the service: {PageOf(backend.RunId) ?? Where}");
                    return backend;
                }
                catch (LoggerInitException e) when (IsAway(e))
                {
                    await Task.Delay(_pause, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (LoggerInitException e)
        {
            _console.Warn(RunEvents.NeverDelivered, $"{Wording.Sentence(e.Message)} Nothing of this run will be delivered.", ("Reason", e.Message));
            return null;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>What only the process that creates the run writes: its siblings must not overwrite it.</summary>
    private static void Describe(Backend backend, RunOptions options)
    {
        if (!backend.RunWasCreated)
        {
            return;
        }

        if (options.Config is { Count: > 0 } config)
        {
            backend.LogAttributes(Run.ConfigPrefix, AttributeLeaves.OfConfig(Run.ConfigPrefix, config));
        }

        if (options.Tags is { Count: > 0 } tags)
        {
            backend.SetTags([.. tags.Distinct(StringComparer.Ordinal)]);
        }

        if (options.Description is { } description)
        {
            backend.SetDescription(description);
        }

        if ((options.LogGitCommit ?? true) && GitCommit.Find(Environment.CurrentDirectory) is { } commit)
        {
            backend.LogAttributes("git", new Dictionary<string, object?> { ["commit_sha"] = commit });
        }

        ProcessFacts facts = options.LogProcessFacts ?? ProcessFacts.All;
        if (facts != ProcessFacts.None)
        {
            backend.LogAttributes("process", OwnProcess.Collect(facts, options.ApiKey));
        }
    }
}
