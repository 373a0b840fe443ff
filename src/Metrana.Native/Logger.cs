using Metrana.Native.Interop;

namespace Metrana.Native;

/// <summary>
/// Logs the points of one run. Every method may be called from any number of threads at the same time.
/// </summary>
/// <remarks>
/// <para>A log call checks its arguments, copies the points into a queue and returns; a network thread that all loggers
/// of the process share delivers them. <see cref="LoggerConfig.QueueBytes"/> bounds the queue.</para>
/// <para>Dispose the logger to wait for the last points. A logger that is not disposed is closed when the process ends.</para>
/// </remarks>
/// <example>
/// <code>
/// using var logger = new Logger(new LoggerConfig { ApiKey = key, Workspace = "lab", Project = "walker", RunName = "run-1" });
/// for (int i = 0; i &lt; 1000; i++)
/// {
///     logger.LogStdFloats("loss", Scale.MlStep, Train());
/// }
/// </code>
/// </example>
public sealed partial class Logger : IDisposable
{
    private readonly LoggerCore _core;
    private readonly KnownNames _known = new();
    private readonly ScaleWatch _scales = new();

    /// <summary>Opens the run, or joins an existing one. Blocks until the service has answered.</summary>
    /// <param name="config">The settings. They are copied; later changes have no effect.</param>
    /// <exception cref="LoggerInitException">
    /// The settings are invalid (the message lists every problem), the service cannot be reached or refuses, or this machine
    /// has no native library.
    /// </exception>
    /// <exception cref="OrchestrationIdMismatchException">
    /// The run exists, <see cref="LoggerConfig.Resume"/> is <c>Never</c>, and the run belongs to another job. Without a
    /// <see cref="LoggerConfig.OrchestrationId"/>, each logger counts as a separate job.
    /// </exception>
    /// <exception cref="RunAlreadyExistsException">
    /// The run exists, <see cref="LoggerConfig.Resume"/> is <c>Never</c>, and the run names no job.
    /// </exception>
    public Logger(LoggerConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        LoggerConfig copy = config.Copy();
        copy.Validate();
        _core = LoggerCore.Open(copy);
        RunIdHex = Convert.ToHexString(_core.Info.RunId).ToLowerInvariant();
    }

    private Logger(LoggerCore core)
    {
        _core = core;
        RunIdHex = Convert.ToHexString(core.Info.RunId).ToLowerInvariant();
    }

    /// <summary>Opens the run, or joins an existing one. Blocks until the service has answered.</summary>
    /// <inheritdoc cref="Logger(LoggerConfig)"/>
    public static Logger Open(LoggerConfig config) => new(config);

    /// <summary>Opens the run, or joins an existing one. Blocks until the service has answered, up to a timeout.</summary>
    /// <inheritdoc cref="Logger(LoggerConfig)"/>
    /// <param name="config">The settings. They are copied; later changes have no effect.</param>
    /// <param name="timeout">How long opening may take, in place of <see cref="LoggerConfig.InitTimeout"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The timeout is zero or negative.</exception>
    public static Logger Open(LoggerConfig config, TimeSpan timeout) => new(Within(timeout, config));

    /// <summary>A forgotten logger is closed without holding a thread: neither a finaliser nor the pool may wait for a network.</summary>
    ~Logger()
    {
        if (_core is { } core)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                static core => _ = core.ReleaseAsync("because nothing refers to it any more"), core, preferLocal: false);
        }
    }

    /// <summary>The id of the run, assigned by the service.</summary>
    public ReadOnlyMemory<byte> RunId => _core.Info.RunId;

    /// <summary>The run id in hexadecimal digits.</summary>
    public string RunIdHex { get; }

    /// <summary>The path of the run: <c>workspace/project/run</c>.</summary>
    public string RunPath => _core.Run;

    /// <summary>The workspace that the run belongs to.</summary>
    public string Workspace => _core.Config.Workspace ?? "";

    /// <summary>The project that the run belongs to.</summary>
    public string Project => _core.Config.Project ?? "";

    /// <summary>The name of the run.</summary>
    public string RunName => _core.Config.RunName ?? "";

    /// <summary>Whether opening created the run; false if it existed before.</summary>
    public bool RunWasCreated => _core.Info.Created;

    /// <summary>The number of this logger in the run: the configured one, or a random one.</summary>
    public ulong LoggerId => _core.Info.LoggerId;

    /// <summary>The orchestration id that the run was opened with: the configured one, or a random one.</summary>
    public string OrchestrationId => _core.Info.OrchestrationId;

    /// <summary>Whether disposing has begun: from then on a call is a mistake of the program.</summary>
    internal bool IsDisposed => _core.Disposed;

    /// <summary>
    /// Gets a snapshot of the counters, all taken at the same moment. After <see cref="Dispose"/>, the counters are final and include
    /// every call that returned.
    /// </summary>
    public Metrics GetMetrics()
    {
        Metrics metrics = _core.GetMetrics();
        GC.KeepAlive(this);
        return metrics;
    }

    /// <summary>
    /// Closes the logger as <see cref="Close(TimeSpan?)"/> does, waits for at most <see cref="LoggerConfig.CloseTimeout"/>, and frees
    /// its resources. Never throws: losses are reported to the <see cref="LoggerConfig.LoggerFactory"/>, or on standard error.
    /// Threads that are blocked in a log call are woken.
    /// </summary>
    public void Dispose()
    {
        _core.Release();
        GC.SuppressFinalize(this);
    }

    /// <summary>The settings with a time for opening.</summary>
    private static LoggerConfig Within(TimeSpan timeout, LoggerConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return timeout > TimeSpan.Zero || timeout == Timeout.InfiniteTimeSpan
            ? config with { InitTimeout = timeout }
            : throw new ArgumentOutOfRangeException(
                nameof(timeout), timeout, "Opening a run takes time: the timeout must be greater than zero, or Timeout.InfiniteTimeSpan.");
    }

    /// <summary>What a call throws that finds the logger closed by its disposal.</summary>
    internal ObjectDisposedException Disposed()
    {
        ExitGuard.StandStill();
        return new ObjectDisposedException(
            "Metrana.Native.Logger", $"The logger of the run {RunPath} was disposed, so nothing can be logged with it any more.");
    }

    /// <summary>Says so if the scale of a series that was just named is probably a slip.</summary>
    internal void Watch(Scale scale)
    {
        if (_scales.Look(scale) is { } doubtful)
        {
            _core.Tell(doubtful);
        }
    }

    /// <summary>The native logger for a call; one that comes after <see cref="Dispose"/> finds a disposed object.</summary>
    private LoggerHandle Live()
    {
        return _core.Disposed ? throw Disposed() : _core.Handle;
    }
}
