using Metrana.Backends;
using Metrana.Mirrors;
using Metrana.Native;

namespace Metrana;

/// <summary>
/// A training run that is being logged. Start one, log to it, dispose it. Every method may be called from any number of
/// threads at the same time.
/// </summary>
/// <remarks>
/// A log call copies what it is given and returns; delivery happens in the background. Unless the options say otherwise, no
/// log call throws because of delivery, none waits longer than 0.1 s, and nothing is dropped without being counted.
/// </remarks>
/// <example>
/// <code>
/// await using Run run = await Run.StartAsync("mnist");
/// run.LogConfig(new { lr = 3e-4, batch = 64 });
/// run.Log("train/loss", 0.25);
/// </code>
/// </example>
public sealed partial class Run : IDisposable, IAsyncDisposable
{
    private readonly Backend _backend;
    private readonly RunSettings? _settings;
    private readonly RunConsole _console;
    private readonly RunOpening? _opening;
    private readonly RunRecording? _recording;
    private readonly RunSummary _summary = new();
    private readonly DeliveryWatch? _watch;
    private readonly MirrorSet? _mirrors;

    private Run(Backend backend, RunSettings? settings, string name, RunConsole console)
    {
        _backend = backend;
        _settings = settings;
        _console = console;
        Name = name;
        Project = settings?.Project ?? "";
        Tags = new RunTags(this);
        Evaluation = new RunEvaluation(this);
    }

    private Run(MemoryBackend memory, MirrorSet mirrors)
        : this(mirrors.Over(memory), null, "in-memory", RunConsole.Silent)
    {
        _recording = new RunRecording(memory);
        _mirrors = mirrors;
        mirrors.Begin(Mirrored());
    }

    private Run(MirrorSet mirrors, string project, string name, RunConsole console)
        : this(mirrors.Over(new DisabledBackend()), null, name, console)
    {
        Project = project;
        _mirrors = mirrors;
        mirrors.Begin(Mirrored());
    }

    private Run(Backend backend, RunSettings settings, RunConsole console, RunOpening opening, MirrorSet mirrors)
        : this(backend, settings, settings.Name, console)
    {
        _mirrors = mirrors;
        _opening = opening;
        _watch = new DeliveryWatch(() => backend.Delivery, console, settings.Options.Errors != ErrorStrategy.Silent, TimeProvider.System);
    }

    /// <summary>
    /// A run that accepts every call and does nothing. No native code is loaded, so it works on every platform. The property always
    /// returns the same run, and disposing it has no effect.
    /// </summary>
    public static Run Disabled { get; } = new(new DisabledBackend(), null, "disabled", RunConsole.Silent);

    /// <summary>The name of the run.</summary>
    public string Name { get; }

    /// <summary>The workspace of the run.</summary>
    public string Workspace => _settings?.Options.Workspace ?? "";

    /// <summary>The project of the run.</summary>
    public string Project { get; }

    /// <summary>The id that the service gave the run, in hexadecimal digits.</summary>
    public string Id => _backend.RunId;

    /// <summary>The address of the run's page, or null if it is not known.</summary>
    public string? Url => _opening?.PageOf(Id);

    /// <summary>Whether this process created the run; false if it joined or continued an existing one.</summary>
    public bool WasCreated => _backend.RunWasCreated;

    /// <summary>The id of the job that the run belongs to.</summary>
    public string OrchestrationId => _settings?.Options.OrchestrationId ?? "";

    /// <summary>The delivery counts so far of each of <see cref="RunOptions.Mirrors"/>.</summary>
    public IReadOnlyList<MirrorDelivery> Mirrors => _mirrors?.Deliveries ?? [];

    /// <summary>How the run ended; <see cref="RunOutcome.Running"/> while it goes on.</summary>
    public RunOutcome Outcome { get; private set; }

    /// <summary>Everything that was logged to a run created by <see cref="InMemory"/>.</summary>
    /// <exception cref="InvalidOperationException">The run is not in memory.</exception>
    public RunRecording Recording => _recording ?? throw new InvalidOperationException(
        "Only a run made by Run.InMemory() keeps what it was told. Look at what the server holds instead.");

    /// <summary>The tags of the run.</summary>
    public RunTags Tags { get; }

    /// <summary>
    /// The same run, for evaluation: metrics logged through it have names under <c>eval/</c> and the label <c>evaluation=true</c>.
    /// </summary>
    public RunEvaluation Evaluation { get; }

    /// <summary>Where calls go.</summary>
    internal Backend Backend => _backend;

    /// <summary>A run that keeps everything in memory, for tests: see <see cref="Recording"/>. No native code is loaded.</summary>
    /// <param name="clock">The source of timestamps; the system clock if omitted.</param>
    /// <param name="mirrors">Further destinations, for testing one or for writing a run only to a file.</param>
    public static Run InMemory(TimeProvider? clock = null, IReadOnlyList<IRunMirror>? mirrors = null)
    {
        clock ??= TimeProvider.System;
        return new Run(
            new MemoryBackend(clock),
            new MirrorSet(mirrors ?? [], RunSettings.DefaultMirrorQueueBytes, RunConsole.Silent, clock));
    }

    /// <summary>A run that goes only to mirrors: it is neither sent to a service nor kept in memory. No native code is loaded.</summary>
    /// <param name="mirrors">The mirrors.</param>
    /// <param name="project">The project that the mirrors are given.</param>
    /// <param name="name">The name that the mirrors are given.</param>
    public static Run OfMirrors(IReadOnlyList<IRunMirror> mirrors, string project = "", string name = "mirrored")
    {
        ArgumentNullException.ThrowIfNull(mirrors);
        ArgumentNullException.ThrowIfNull(project);
        ArgumentNullException.ThrowIfNull(name);
        RunConsole console = new(new RunOptions { Project = project, Name = name, Print = false });
        return new Run(new MirrorSet(mirrors, RunSettings.DefaultMirrorQueueBytes, console, TimeProvider.System), project, name, console);
    }

    /// <summary>The name of the run, preceded by its project if it has one.</summary>
    public override string ToString() => Project.Length == 0 ? Name : $"{Project}/{Name}";

    /// <summary>Where calls go while the run is open.</summary>
    /// <exception cref="ObjectDisposedException">The run has ended.</exception>
    internal Backend Open()
    {
        if (_ended != 0 && !ReferenceEquals(this, Disabled) && !ExitWatch.IsEnding)
        {
            throw new ObjectDisposedException(ToString(), $"The run {this} has ended, and accepts nothing more.");
        }

        return _backend;
    }

    /// <summary>What mirrors are told of this run.</summary>
    private MirroredRun Mirrored() => new()
    {
        Project = Project,
        Name = Name,
        Workspace = _settings?.Options.Workspace,
        Experiment = _settings?.Options.Experiment,
        Id = Id,
        Url = Url,
        WasCreated = WasCreated,
        OrchestrationId = OrchestrationId,
        StartedAt = DateTimeOffset.UtcNow,
    };
}
