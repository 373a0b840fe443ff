using System.Diagnostics;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;

namespace Metrana.Native;

/// <summary>
/// The settings of a <see cref="Logger"/>. Needed are <see cref="ApiKey"/>, <see cref="Workspace"/>, <see cref="Project"/> and
/// <see cref="RunName"/>; everything else has a default that fits most.
/// </summary>
public sealed partial class LoggerConfig
{
    /// <summary>
    /// The key that opens the service. It is never shown: not in a message, not by <see cref="ToString"/>, and not in JSON that
    /// is made of this object. A local server takes any key, also the empty one.
    /// </summary>
    [JsonConverter(typeof(HiddenText))]
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string? ApiKey { get; set; }

    /// <summary>The workspace that the run belongs to.</summary>
    public string? Workspace { get; set; }

    /// <summary>The project in the workspace.</summary>
    public string? Project { get; set; }

    /// <summary>The run in the project.</summary>
    public string? RunName { get; set; }

    /// <summary>Where the service listens, <c>http://host:port</c> or <c>https://host:port</c>. Default: the hosted service.</summary>
    [JsonConverter(typeof(EndpointText))]
    public string Endpoint { get; set; } = "https://ingestion.metrana.ai";

    /// <summary>The organization, where workspaces of several ones have the same name.</summary>
    public string? Organization { get; set; }

    /// <summary>A name that groups runs.</summary>
    public string? Experiment { get; set; }

    /// <summary>The run that this one forks from.</summary>
    public string? ParentRunName { get; set; }

    /// <summary>The step of the parent at which it forks.</summary>
    public long? ForkStep { get; set; }

    /// <summary>
    /// Which job this process belongs to: processes with the same one may share a run. Default: a random one, so that only a
    /// repeated handshake of this logger meets its own run.
    /// </summary>
    public string? OrchestrationId { get; set; }

    /// <summary>Whether a project that is not there is made. Default: yes.</summary>
    public bool CreateProjectIfMissing { get; set; } = true;

    /// <summary>What to do about a run of this name that is there already. Default: <see cref="ResumeStrategy.Never"/>.</summary>
    public ResumeStrategy Resume { get; set; } = ResumeStrategy.Never;

    /// <summary>The number of this logger in the run, from 1. Default: a random one.</summary>
    public ulong? LoggerId { get; set; }

    /// <summary>How long a connection may take: DNS, TCP, TLS and HTTP/2 together. Default: 5 s.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long opening the run may take, repeated tries included. Default: 120 s.</summary>
    public TimeSpan InitTimeout { get; set; } = TimeSpan.FromSeconds(120);

    /// <summary>How long <see cref="Logger.Close"/> and <see cref="Logger.Dispose"/> wait for the last acknowledgement. Default: 120 s.</summary>
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(120);

    /// <summary>How often a silent connection is probed by HTTP/2. Default: 30 s.</summary>
    public TimeSpan Http2KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long such a probe may stay unanswered. Default: 10 s.</summary>
    public TimeSpan Http2KeepAliveTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a silent connection is probed by TCP: from 1 s to 32,767 s. Default: 60 s.</summary>
    public TimeSpan TcpKeepAlive { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How many bytes may be accepted and not yet acknowledged: the bound of the queue. Default: 64 MiB.</summary>
    public long QueueBytes { get; set; } = 64 << 20;

    /// <summary>What a log call does while the queue is full. Default: <see cref="Backpressure.Block"/>.</summary>
    public Backpressure Backpressure { get; set; } = Backpressure.Block;

    /// <summary>
    /// How long a log call waits for room under <see cref="Backpressure.DropNew"/> and <see cref="Backpressure.Raise"/>.
    /// Default: 1 s.
    /// </summary>
    public TimeSpan EnqueueTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How large a message may become, in bytes. Default: 1 MiB.</summary>
    public int MaxMsgSize { get; set; } = 1 << 20;

    /// <summary>How many messages may be unacknowledged at a time. Default: 30.</summary>
    public int MaxPendingRequests { get; set; } = 30;

    /// <summary>How old points may become before they are sent. Default: 1 s.</summary>
    public TimeSpan MsgMaxAge { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long points wait for company while nothing is unacknowledged. Default: 10 ms.</summary>
    public TimeSpan MsgLinger { get; set; } = TimeSpan.FromMilliseconds(10);

    /// <summary>How many streams in a row may fail before delivery has failed for good; null: as many as it takes. Default: 15.</summary>
    public int? MsgMaxRetries { get; set; } = 15;

    /// <summary>The pause after the first failed stream; it doubles with each further one. Default: 50 ms.</summary>
    public TimeSpan BackoffInitial { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest such pause. Default: 15 s.</summary>
    public TimeSpan BackoffMax { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long acknowledgements may stall, with messages under way, before the stream is given up and begun anew; null: for
    /// ever. Default: 60 s.
    /// </summary>
    public TimeSpan? AckStallTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>What a final delivery failure means. Default: <see cref="DeliveryPolicy.StopOnLoss"/>.</summary>
    public DeliveryPolicy DeliveryPolicy { get; set; } = DeliveryPolicy.StopOnLoss;

    /// <summary>How errors surface that did not stop the logger. Default: <see cref="ErrorStrategy.Warn"/>.</summary>
    public ErrorStrategy ErrorStrategy { get; set; } = ErrorStrategy.Warn;

    /// <summary>How many warnings about steps that do not grow are told before they become debug lines. Default: 32.</summary>
    public int MisStepWarnBudget { get; set; } = 32;

    /// <summary>Certificates to trust beside the platform's, in PEM.</summary>
    public string? ExtraCaPem { get; set; }

    /// <summary>The least urgent lines that are told; <see cref="LogLevel.None"/> tells nothing. Default: <see cref="LogLevel.Warning"/>.</summary>
    public LogLevel LogLevel { get; set; } = LogLevel.Warning;

    /// <summary>Where the engine's lines go, in the category <c>Metrana.Native</c>. Default: standard error.</summary>
    [JsonIgnore]
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>What the service is to make of the series of the run on its own. Default: nothing.</summary>
    public IReadOnlyList<AggregationRule> AggregationRules { get; set; } = [];

    /// <summary>The run in one line, for messages.</summary>
    internal string RunPath => $"{Workspace}/{Project}/{RunName}";

    /// <summary>The run and where it goes. The key is not in it, on purpose.</summary>
    public override string ToString() => $"{RunPath} at {EndpointToShow}";

    /// <summary>The address without anything that may be a password or a key.</summary>
    private string EndpointToShow => EndpointText.ToShow(Endpoint);

    /// <summary>A copy, to be changed without changing this one.</summary>
    public LoggerConfig Clone() => Copy();

    internal LoggerConfig Copy()
    {
        LoggerConfig copy = (LoggerConfig)MemberwiseClone();
        copy.AggregationRules = AggregationRules is null ? [] : [.. AggregationRules];
        return copy;
    }
}
