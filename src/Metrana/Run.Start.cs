using System.Diagnostics;
using System.Runtime.CompilerServices;
using Metrana.Attributes;
using Metrana.Backends;
using Metrana.Machine;
using Metrana.Meters;
using Metrana.Mirrors;
using Metrana.Native;

namespace Metrana;

public sealed partial class Run
{
    /// <summary>How long after a failed try to open the run the next one comes.</summary>
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan _sampling = TimeSpan.FromSeconds(30);

    private SystemSampler? _sampler;

    /// <summary>Starts a run in a project; everything else comes from the environment variables and the defaults.</summary>
    /// <inheritdoc cref="StartAsync(RunOptions, CancellationToken)"/>
    /// <param name="project">The project.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public static Task<Run> StartAsync(string project, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(project);
        return StartAsync(new RunOptions { Project = project }, cancellationToken);
    }

    /// <summary>Starts a run, or joins or continues the one of this name where the options allow it.</summary>
    /// <param name="options">The options. They are copied; later changes have no effect.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="RunStartException">The options cannot work; all problems are in the message.</exception>
    /// <exception cref="OrchestrationIdMismatchException">A run of this name exists and belongs to another job.</exception>
    /// <exception cref="RunAlreadyExistsException">A run of this name exists.</exception>
    /// <exception cref="LoggerInitException">The service is out of reach, or refuses.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    [OverloadResolutionPriority(1)] // Run.StartAsync(new() { ... }) is about options.
    public static async Task<Run> StartAsync(RunOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        RunSettings settings = RunSettings.Resolve(options, Environment.GetEnvironmentVariable);
        if (settings.IsDisabled)
        {
            return Disabled;
        }

        using Activity? activity = RunHealth.Follow("metrana.start", settings.Project, settings.Name);
        RunConsole console = new(settings.Options);
        FoundServer? server = settings.IsLocal
            ? await LocalServers.FindOrStartAsync(settings.StartTimeout, console.IsTerminal, cancellationToken).ConfigureAwait(false)
            : null;
        LoggerConfig config = settings.ToLoggerConfig(server);
        config.TellsOfDoubtfulScales = console.Warn;
        MirrorSet mirrors = new(settings.Mirrors, settings.MirrorQueueBytes, console, TimeProvider.System);
        try
        {
            Logger logger = await Logger.OpenAsync(config, cancellationToken).ConfigureAwait(false);
            Backend backend = mirrors.Over(new LoggerBackend(logger, new LabelWatch(console)));
            Describe(backend, settings.Options);
            return Begin(backend, settings, console, server, mirrors);
        }
        catch (LoggerInitException e) when (IsAway(e) && settings.ContinuesWithoutServer)
        {
            console.Warn($"{e.Message} The run continues without the service, and delivers when it appears.");
            WaitingBackend waiting = new(
                config.QueueBytes, console, token => OpenLaterAsync(config, settings.Options, console, mirrors, token));
            return Begin(mirrors.Over(waiting), settings, console, server, mirrors);
        }
        catch when (server is not null)
        {
            await server.Hold.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Starts a run as <see cref="StartAsync(string, CancellationToken)"/> does, and returns when it is open.</summary>
    /// <inheritdoc cref="StartAsync(RunOptions, CancellationToken)"/>
    /// <param name="project">The project.</param>
    public static Run Start(string project)
    {
        ArgumentNullException.ThrowIfNull(project);
        return Start(new RunOptions { Project = project });
    }

    /// <summary>Starts a run as <see cref="StartAsync(RunOptions, CancellationToken)"/> does, and returns when it is open.</summary>
    /// <inheritdoc cref="StartAsync(RunOptions, CancellationToken)"/>
    /// <param name="options">The options. They are copied; later changes have no effect.</param>
    [OverloadResolutionPriority(1)]
    public static Run Start(RunOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);

        // On the pool: a caller with a synchronization context of one thread would wait for itself.
        return Task.Run(() => StartAsync(options)).GetAwaiter().GetResult();
    }

    private static Run Begin(Backend backend, RunSettings settings, RunConsole console, FoundServer? server, MirrorSet mirrors)
    {
        Run run = new(backend, settings, console, server, mirrors);
        mirrors.Begin(run.Mirrored());
        Orchestration.Publish(run.OrchestrationId);
        _current = run;
        RunHealth.Begin();
        ExitWatch.Watch(run);
        if (settings.Options.LogSystemMetrics ?? true)
        {
            run._sampler = new SystemSampler(run, settings.Options.SystemMetricsInterval ?? _sampling, TimeProvider.System);
        }

        string where = run.Url is { } url ? $": {url}{server?.Ticket}" : $" at {settings.ToLoggerConfig(server).Endpoint}";
        console.Say(run.Id.Length == 0
            ? $"run {run} waits for the service{where}"
            : $"run {run} {(run.WasCreated ? "started" : "continued")}{where}");
        return run;
    }

    private static bool IsAway(LoggerInitException e) => e.StatusCode is MetranaStatus.ConnectFailed or MetranaStatus.InitTimeout;

    /// <summary>Tries for as long as the run goes on.</summary>
    private static async Task<Backend?> OpenLaterAsync(
        LoggerConfig config, RunOptions options, RunConsole console, MirrorSet mirrors, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                try
                {
                    Logger logger = await Logger.OpenAsync(config, cancellationToken).ConfigureAwait(false);
                    LoggerBackend backend = new(logger, new LabelWatch(console));
                    Describe(mirrors.Over(backend), options);
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
            console.Warn($"{e.Message} Nothing of this run will be delivered.");
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
            backend.LogAttributes(ConfigPrefix, AttributeLeaves.Of(ConfigPrefix, config));
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

        if (options.LogProcessFacts ?? true)
        {
            backend.LogAttributes("process", ProcessFacts.Collect(options.ApiKey));
        }
    }
}
