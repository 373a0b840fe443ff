using System.Diagnostics;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;

namespace Metrana.Native;

/// <summary>
/// The settings of a <see cref="Logger"/>. <see cref="ApiKey"/>, <see cref="Workspace"/>, <see cref="Project"/> and
/// <see cref="RunName"/> are required; everything else has a default. <c>config with { RunName = "ppo-8" }</c> creates a changed
/// copy. A logger copies the settings when it is opened; until then, only one thread at a time may change them.
/// </summary>
public sealed partial record LoggerConfig
{
    /// <summary>
    /// The API key of the service. It never appears in a message, in <see cref="ToString"/> or in JSON made from this object.
    /// A local server accepts any key, including an empty one.
    /// </summary>
    [JsonConverter(typeof(HiddenText))]
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string? ApiKey { get; set; }

    /// <summary>The workspace that the run belongs to.</summary>
    public string? Workspace { get; set; }

    /// <summary>The project that the run belongs to.</summary>
    public string? Project { get; set; }

    /// <summary>The name of the run in the project.</summary>
    public string? RunName { get; set; }

    /// <summary>
    /// The address of the service: <c>http://host:port</c> or <c>https://host:port</c>. For a <see cref="Uri"/>, use its text.
    /// Default: the hosted service.
    /// </summary>
    [JsonConverter(typeof(EndpointText))]
    public string Endpoint { get; set; } = "https://ingestion.metrana.ai";

    /// <summary>The organization, if several organizations have a workspace of this name.</summary>
    public string? Organization { get; set; }

    /// <summary>A name that groups runs.</summary>
    public string? Experiment { get; set; }

    /// <summary>The name of the run that this run forks from.</summary>
    public string? ParentRunName { get; set; }

    /// <summary>The step of the parent run at which this run forks.</summary>
    public long? ForkStep { get; set; }

    /// <summary>
    /// The job that this process belongs to; processes of one job may share a run. Default: a random id, so that only this
    /// logger can join its run, by repeating its own handshake.
    /// </summary>
    public string? OrchestrationId { get; set; }

    /// <summary>Whether to create the project if it does not exist. Default: yes.</summary>
    public bool CreateProjectIfMissing { get; set; } = true;

    /// <summary>What opening does when a run of this name exists. Default: <see cref="ResumeStrategy.Never"/>.</summary>
    public ResumeStrategy Resume { get; set; } = ResumeStrategy.Never;

    /// <summary>The number of this logger in the run, from 1. Default: a random one.</summary>
    public ulong? LoggerId { get; set; }

    /// <summary>How long a connection may take: DNS, TCP, TLS and HTTP/2 together. Default: 5 s.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long opening the run may take, including retries. Default: 120 s.</summary>
    public TimeSpan InitTimeout { get; set; } = TimeSpan.FromSeconds(120);

    /// <summary>How long <see cref="Logger.Close(TimeSpan?)"/> and <see cref="Logger.Dispose"/> wait for the last acknowledgement. Default: 120 s.</summary>
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(120);

    /// <summary>The interval of HTTP/2 probes on an idle connection; zero disables them. Default: 30 s.</summary>
    public TimeSpan Http2KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an HTTP/2 probe may remain unanswered. Default: 10 s.</summary>
    public TimeSpan Http2KeepAliveTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The interval of TCP probes on an idle connection, from 1 s to 32,767 s. Default: 60 s.</summary>
    public TimeSpan TcpKeepAlive { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The size of the queue: the maximum number of bytes that are accepted and not yet acknowledged. Default: 64 MiB.</summary>
    public long QueueBytes { get; set; } = 64 << 20;

    /// <summary>What a log call does while the queue is full. Default: <see cref="Backpressure.Block"/>.</summary>
    public Backpressure Backpressure { get; set; } = Backpressure.Block;

    /// <summary>
    /// How long a log call waits for room in a full queue. Default: null, which means 1 s with <see cref="Backpressure.DropNew"/>
    /// and <see cref="Backpressure.Raise"/>, and no limit with <see cref="Backpressure.Block"/>. If a value is set, a call that has
    /// waited that long with <see cref="Backpressure.Block"/> throws a <see cref="QueueFullException"/>.
    /// </summary>
    public TimeSpan? EnqueueTimeout { get; set; }

    /// <summary>The maximum size of a message, in bytes. Default: 1 MiB.</summary>
    public int MaxMsgSize { get; set; } = 1 << 20;

    /// <summary>The maximum number of unacknowledged messages. Default: 30.</summary>
    public int MaxPendingRequests { get; set; } = 30;

    /// <summary>The longest time that points wait before they are sent. Default: 1 s.</summary>
    public TimeSpan MsgMaxAge { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long points wait to be sent together with further ones while no message is unacknowledged. Default: 10 ms.</summary>
    public TimeSpan MsgLinger { get; set; } = TimeSpan.FromMilliseconds(10);

    /// <summary>The number of consecutive streams that may fail before delivery fails for good; null sets no limit. Default: 15.</summary>
    public int? MsgMaxRetries { get; set; } = 15;

    /// <summary>The pause after the first failed stream. It doubles after each further failure. Default: 50 ms.</summary>
    public TimeSpan BackoffInitial { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest pause after a failed stream. Default: 15 s.</summary>
    public TimeSpan BackoffMax { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long acknowledgements of sent messages may fail to arrive before the stream is restarted; null waits indefinitely.
    /// Default: 60 s.
    /// </summary>
    public TimeSpan? AckStallTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>What happens after a final delivery failure. Default: <see cref="DeliveryPolicy.StopOnLoss"/>.</summary>
    public DeliveryPolicy DeliveryPolicy { get; set; } = DeliveryPolicy.StopOnLoss;

    /// <summary>How errors that did not stop the logger are reported. Default: <see cref="ErrorStrategy.Warn"/>.</summary>
    public ErrorStrategy ErrorStrategy { get; set; } = ErrorStrategy.Warn;

    /// <summary>The number of warnings about non-increasing steps before further ones become debug lines. Default: 32.</summary>
    public int MisStepWarnBudget { get; set; } = 32;

    /// <summary>Certificates to trust in addition to those of the platform, in PEM format.</summary>
    public string? ExtraCaPem { get; set; }

    /// <summary>
    /// The lowest level of the lines written to the log; <see cref="LogLevel.None"/> writes none.
    /// Default: <see cref="LogLevel.Warning"/>.
    /// </summary>
    public LogLevel LogLevel { get; set; } = LogLevel.Warning;

    /// <summary>Receives the log lines of the engine, in the category <c>Metrana.Native</c>. Default: standard error.</summary>
    [JsonIgnore]
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>The rules by which the service computes further series from those of the run. Default: none.</summary>
    public IReadOnlyList<AggregationRule> AggregationRules { get; set; } = [];

    /// <summary>Whether a close that takes a while says what it waits for; not where the owner of the logger does.</summary>
    internal bool SaysWhatClosingWaitsFor { get; set; } = true;

    /// <summary>Who is told of a scale that is probably a slip, in place of the log.</summary>
    internal Action<DoubtfulScale>? TellsOfDoubtfulScales { get; set; }

    /// <summary>The run in one line, for messages.</summary>
    internal string RunPath => $"{Workspace}/{Project}/{RunName}";

    /// <summary>Returns the run and its endpoint, without the key.</summary>
    public override string ToString() => $"{RunPath} at {EndpointToShow}";

    /// <summary>The address, without any password or key.</summary>
    internal string EndpointToShow => EndpointText.ToShow(Endpoint);

    internal LoggerConfig Copy()
    {
        LoggerConfig copy = (LoggerConfig)MemberwiseClone();
        copy.AggregationRules = AggregationRules is null ? [] : [.. AggregationRules];
        return copy;
    }
}
