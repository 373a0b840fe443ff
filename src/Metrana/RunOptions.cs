using Metrana.Mirrors;
using Metrana.Native;
using Microsoft.Extensions.Logging;

namespace Metrana;

/// <summary>
/// The options for starting a run. An option that is not set comes from the METRANA_* environment variables, or else from a default
/// that protects the training loop. Only <see cref="Project"/> is required. <c>options with { Name = "ppo-8" }</c> makes a changed
/// copy.
/// </summary>
/// <remarks>
/// With neither <see cref="Endpoint"/> nor <see cref="ApiKey"/> the run goes to a server on this machine, which is found or
/// started. With an API key it goes to the hosted service.
/// </remarks>
public sealed partial record RunOptions
{
    /// <summary>The project that the run belongs to. Variable: METRANA_PROJECT.</summary>
    public string? Project { get; set; }

    /// <summary>The name of the run. Default: a readable name that is generated. Variable: METRANA_RUN_NAME.</summary>
    public string? Name { get; set; }

    /// <summary>The workspace of the project. Default on this machine: <c>local</c>; the hosted service needs one. Variable: METRANA_WORKSPACE.</summary>
    public string? Workspace { get; set; }

    /// <summary>The organization, if several have a workspace of the same name. Variable: METRANA_ORGANIZATION.</summary>
    public string? Organization { get; set; }

    /// <summary>A name that groups runs.</summary>
    public string? Experiment { get; set; }

    /// <summary>The key of the service; it is never shown. Variable: METRANA_API_KEY.</summary>
    public string? ApiKey { get; set; }

    /// <summary>
    /// The address of the service, <c>http://host:port</c> or <c>https://host:port</c>; for a <see cref="Uri"/>, its text.
    /// Variable: METRANA_INGESTION_URL.
    /// </summary>
    public string? Endpoint { get; set; }

    /// <summary>What to do if a run of this name exists. Default: <see cref="ResumeStrategy.Never"/>. Variable: METRANA_RESUME_STRATEGY.</summary>
    public ResumeStrategy? Resume { get; set; }

    /// <summary>
    /// The id of the job that this process belongs to; the processes of a job share a run. Default: the job of torchrun, Slurm or
    /// Ray, or else a new id; either is passed on to child processes. Variables: METRANA_ORCHESTRATION_ID, TORCHELASTIC_RUN_ID,
    /// SLURM_JOB_ID, RAY_JOB_ID, in this order.
    /// </summary>
    public string? OrchestrationId { get; set; }

    /// <summary>
    /// The number of this process in the run, from 1, so that the service can tell a restarted writer from a new one. Default:
    /// random.
    /// </summary>
    public ulong? LoggerId { get; set; }

    /// <summary>The run that this one forks from.</summary>
    public string? ForkFrom { get; set; }

    /// <summary>The step of <see cref="ForkFrom"/> at which it forks.</summary>
    public long? ForkStep { get; set; }

    /// <summary>Whether a project that does not exist is created. Default: yes.</summary>
    public bool? CreateProjectIfMissing { get; set; }

    /// <summary>Tags of the run, written by the process that creates it.</summary>
    public IReadOnlyList<string>? Tags { get; set; }

    /// <summary>A description of the run, written by the process that creates it.</summary>
    public string? Description { get; set; }

    /// <summary>The configuration of the run, written by the process that creates it. See <see cref="Run.LogConfig(IReadOnlyDictionary{string, object})"/>.</summary>
    public IReadOnlyDictionary<string, object?>? Config { get; set; }

    /// <summary>What a log call does when the queue is full. Default: <see cref="BackpressureStrategy.DropNew"/>. Variable: METRANA_BACKPRESSURE_STRATEGY.</summary>
    public BackpressureStrategy? Backpressure { get; set; }

    /// <summary>
    /// How long a log call waits for room in a full queue. Default: 0.1 s; no limit under <see cref="BackpressureStrategy.Block"/>.
    /// </summary>
    public TimeSpan? EnqueueTimeout { get; set; }

    /// <summary>How many bytes may wait for delivery. Default: 64 MiB.</summary>
    public long? QueueBytes { get; set; }

    /// <summary>How many times in a row delivery may fail before points are dropped. Default: -1, which retries without end.</summary>
    public int? MaxRetries { get; set; }

    /// <summary>
    /// Whether a final delivery failure ends the run: every later log call then throws <see cref="Native.SenderException"/>.
    /// Default: no; training continues, and losses are counted and reported. Variable: METRANA_DELIVERY_POLICY
    /// (<c>stop_on_loss</c>, <c>all_or_crash</c> or <c>tolerate_loss</c>).
    /// </summary>
    public bool? StopOnLoss { get; set; }

    /// <summary>How delivery errors surface. Default: <see cref="ErrorStrategy.Warn"/>. Variable: METRANA_ERROR_MODES.</summary>
    public ErrorStrategy? Errors { get; set; }

    /// <summary>
    /// How long starting may take in total: finding or starting a server on this machine, and opening the run. Default: 30 s.
    /// </summary>
    public TimeSpan? StartTimeout { get; set; }

    /// <summary>
    /// Whether the run starts even if the service is unreachable, or no server on this machine is found or started. What is logged
    /// is then kept, as far as <see cref="QueueBytes"/> allows, and delivered when the service appears. Until then the last steps
    /// of an existing run are unknown, and <see cref="Run.NextRlStep"/> is 0. Default: no; starting throws.
    /// </summary>
    public bool? ContinueWithoutServer { get; set; }

    /// <summary>How long the end of the run waits for the last points. Default: 15 s; 0 abandons them.</summary>
    public TimeSpan? CloseTimeout { get; set; }

    /// <summary>How much of the undelivered data the end waits for. Default: <see cref="CloseStrategy.CompletePending"/>. Variable: METRANA_CLOSE_STRATEGY.</summary>
    public CloseStrategy? Close { get; set; }

    /// <summary>
    /// Changes engine settings that have no option here: message sizes, pauses between retries, connection timeouts, certificates,
    /// aggregation rules. It is called once for a run, after all other options have been applied, so it can override them.
    /// </summary>
    /// <example><code>options.ConfigureLogger = logger => logger.MaxPendingRequests = 100;</code></example>
    public Action<LoggerConfig>? ConfigureLogger { get; set; }

    /// <summary>
    /// Whether logging is disabled: every member works, but nothing is logged anywhere. Default: no. Variable:
    /// METRANA_INIT_MODE=disabled.
    /// </summary>
    public bool? Disabled { get; set; }

    /// <summary>
    /// Further destinations of everything that the run logs, such as a <see cref="JsonlMirror"/>. Each has its own queue and
    /// thread, so none slows down the training loop or another mirror.
    /// </summary>
    public IReadOnlyList<IRunMirror>? Mirrors { get; set; }

    /// <summary>How many bytes may wait for each mirror; what does not fit is dropped, counted and reported. Default: 16 MiB.</summary>
    public long? MirrorQueueBytes { get; set; }

    /// <summary>Whether the git commit of the working directory is written. Default: yes.</summary>
    public bool? LogGitCommit { get; set; }

    /// <summary>
    /// Which facts about the process are written under <c>process/</c>. Default: all of them. As text, <c>true</c> stands for all and
    /// <c>false</c> for none: <c>LogProcessFacts=Host,System</c>.
    /// </summary>
    public ProcessFacts? LogProcessFacts { get; set; }

    /// <summary>
    /// Whether the load of the machine and the process is logged under <c>system/</c>. Default: yes. Variable:
    /// METRANA_CAPTURE_SYSTEM_METRICS.
    /// </summary>
    public bool? LogSystemMetrics { get; set; }

    /// <summary>How often the load is logged. Default: 30 s. Variable: METRANA_SYSTEM_METRICS_INTERVAL_SECS.</summary>
    public TimeSpan? SystemMetricsInterval { get; set; }

    /// <summary>Whether the address at the start and the summary at the end are printed. Default: yes.</summary>
    public bool? Print { get; set; }

    /// <summary>
    /// The writer that the address and the summary are printed to, a line at a time, under a lock on it. Default: standard error,
    /// apart from the program's own output.
    /// </summary>
    public TextWriter? Output { get; set; }

    /// <summary>The lowest level of log lines that are written. Default: warnings. Variable: METRANA_LOG_LEVEL.</summary>
    public LogLevel? LogLevel { get; set; }

    /// <summary>Where log lines go. Default: standard error.</summary>
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>
    /// Gets the problems that keep these options, together with the METRANA_* variables, from starting a run; empty if there are
    /// none.
    /// </summary>
    public IReadOnlyList<string> FindProblems()
    {
        try
        {
            _ = RunSettings.Resolve(this, Environment.GetEnvironmentVariable);
            return [];
        }
        catch (RunStartException e)
        {
            return e.Problems;
        }
    }

    /// <summary>The workspace, project and name of the run, without the API key.</summary>
    public override string ToString() => $"{Workspace ?? "(default)"}/{Project ?? "(none)"}/{Name ?? "(generated)"}";
}
