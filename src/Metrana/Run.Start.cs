using System.Diagnostics;
using System.Runtime.CompilerServices;
using Metrana.Backends;
using Metrana.Machine;
using Metrana.Meters;
using Metrana.Mirrors;
using Metrana.Native;

namespace Metrana;

public sealed partial class Run
{
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

    /// <summary>Starts a run, or joins or continues an existing run of the same name if the options allow it.</summary>
    /// <param name="options">The options. They are copied; later changes have no effect.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="RunStartException">The options are invalid; the message lists all problems.</exception>
    /// <exception cref="OrchestrationIdMismatchException">A run of this name exists and belongs to another job.</exception>
    /// <exception cref="RunAlreadyExistsException">A run of this name exists.</exception>
    /// <exception cref="LoggerInitException">
    /// The service is unreachable, or refuses the run. If no server on this machine could be found or started, the inner exception
    /// is a <see cref="Server.LocalServerException"/>. With <see cref="RunOptions.ContinueWithoutServer"/>, only a refusal throws.
    /// </exception>
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
        WarnOfVariables(console, Environment.GetEnvironmentVariable);
        MirrorSet mirrors = new(settings.Mirrors, settings.MirrorQueueBytes, console, TimeProvider.System);
        RunOpening opening = new(settings, console, mirrors);
        try
        {
            Backend backend = await opening.OpenAsync(cancellationToken).ConfigureAwait(false);
            return Begin(mirrors.Over(backend), settings, console, opening, mirrors);
        }
        catch (LoggerInitException e) when (RunOpening.IsAway(e) && settings.ContinuesWithoutServer)
        {
            return Begin(mirrors.Over(opening.KeepTrying(e)), settings, console, opening, mirrors);
        }
        catch
        {
            await opening.LetGoAsync().ConfigureAwait(false);
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

    /// <summary>A variable that works with the published clients and does nothing here would be missed without a word.</summary>
    private static void WarnOfVariables(RunConsole console, Func<string, string?> read)
    {
        if (RunOptions.WithoutEffect(read) is { } found)
        {
            console.Warn(RunEvents.VariablesWithoutEffect, found.Text, ("Variables", found.Variables));
        }
    }

    private static Run Begin(Backend backend, RunSettings settings, RunConsole console, RunOpening opening, MirrorSet mirrors)
    {
        Run run = new(backend, settings, console, opening, mirrors);
        mirrors.Begin(run.Mirrored());
        Orchestration.Publish(run.OrchestrationId);
        MakeCurrent(run);
        RunHealth.Begin();
        ExitWatch.Watch(run);
        if (settings.Options.LogSystemMetrics ?? true)
        {
            run._sampler = new SystemSampler(
                run,
                settings.Options.SystemMetricsInterval ?? _sampling,
                TimeProvider.System,
                turn: new HostTurn(Path.GetTempPath()));
        }

        console.Say(run.Id.Length == 0
            ? $"run {run} waits for {opening.Where}"
            : $"run {run} {(run.WasCreated ? "started" : "continued")}{(run.Url is { } url ? $": {url}{opening.Ticket}" : $" at {opening.Where}")}");
        return run;
    }
}
