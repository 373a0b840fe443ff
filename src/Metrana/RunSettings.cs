using Metrana.Attributes;
using Metrana.Mirrors;
using Metrana.Native;

namespace Metrana;

/// <summary>The options of one run with everything decided: options, then variables, then defaults.</summary>
internal sealed class RunSettings
{
    public const long DefaultMirrorQueueBytes = 16 * 1024 * 1024;

    /// <summary>What stands for the key of a server on this machine until it is found.</summary>
    public const string LocalKey = "local";

    private const string LocalWorkspace = "local";

    private readonly RunOptions _options;

    private RunSettings(RunOptions options, bool isLocal)
    {
        _options = options;
        IsLocal = isLocal;
    }

    public static TimeSpan DefaultCloseTimeout { get; } = TimeSpan.FromSeconds(15);

    /// <summary>Whether the run goes to a server on this machine that has to be found first.</summary>
    public bool IsLocal { get; }

    public RunOptions Options => _options;

    public string Project => _options.Project!;

    public string Name => _options.Name!;

    public bool IsDisabled => _options.Disabled ?? false;

    public bool ContinuesWithoutServer => _options.ContinueWithoutServer ?? false;

    public TimeSpan StartTimeout => _options.StartTimeout ?? TimeSpan.FromSeconds(30);

    /// <summary>How long the end waits when nobody says.</summary>
    public TimeSpan CloseTimeout => _options.Close switch
    {
        CloseStrategy.Immediate => TimeSpan.Zero,
        CloseStrategy.CompleteAll => Timeout.InfiniteTimeSpan,
        _ => _options.CloseTimeout ?? DefaultCloseTimeout,
    };

    public IReadOnlyList<IRunMirror> Mirrors => _options.Mirrors ?? [];

    public long MirrorQueueBytes => _options.MirrorQueueBytes ?? DefaultMirrorQueueBytes;

    /// <summary>Decides everything.</summary>
    /// <exception cref="RunStartException">Something cannot work; all of it is in the message.</exception>
    public static RunSettings Resolve(RunOptions options, Func<string, string?> read)
    {
        RunOptions all = options with { };
        List<string> problems = [];
        all.Fill(read, problems);
        bool isLocal = all.Endpoint is null && string.IsNullOrEmpty(all.ApiKey);
        if (string.IsNullOrWhiteSpace(all.Project))
        {
            problems.Add("Project is not set (set it in the options or in METRANA_PROJECT)");
        }

        if (all.Workspace is null)
        {
            if (all.Endpoint is null && !isLocal)
            {
                problems.Add("Workspace is not set, and the hosted service needs one (set it in the options or in METRANA_WORKSPACE)");
            }

            all.Workspace = LocalWorkspace;
        }

        NotNegative(all.EnqueueTimeout, nameof(RunOptions.EnqueueTimeout), problems);
        NotNegative(all.CloseTimeout, nameof(RunOptions.CloseTimeout), problems);
        if (all.StartTimeout is { } start && start <= TimeSpan.Zero)
        {
            problems.Add($"StartTimeout is {start}, and has to be greater than zero");
        }

        if (all.SystemMetricsInterval is { } interval && interval < TimeSpan.FromSeconds(1))
        {
            problems.Add($"SystemMetricsInterval is {interval}, and has to be a second or more");
        }

        if (all.QueueBytes is <= 0)
        {
            problems.Add($"QueueBytes is {all.QueueBytes}, and has to be greater than zero");
        }

        if (all.MirrorQueueBytes is <= 0)
        {
            problems.Add($"MirrorQueueBytes is {all.MirrorQueueBytes}, and has to be greater than zero");
        }

        if (all.Mirrors is { } mirrors && (mirrors.Any(mirror => mirror is null) || mirrors.Distinct().Count() != mirrors.Count))
        {
            problems.Add("one of the Mirrors is null, or is listed twice");
        }

        if (all.Tags?.Any(string.IsNullOrEmpty) ?? false)
        {
            problems.Add("one of the Tags is empty");
        }

        try
        {
            _ = AttributeLeaves.OfConfig(Run.ConfigPrefix, all.Config);
        }
        catch (ArgumentException e)
        {
            problems.Add($"Config: {e.Message}");
        }

        if (all.LoggerId is 0)
        {
            problems.Add("LoggerId is 0, and counts from 1");
        }

        if ((all.ForkFrom is null) != (all.ForkStep is null))
        {
            problems.Add("ForkFrom and ForkStep belong together: set both or none");
        }

        all.Name ??= RunNames.Next();
        all.OrchestrationId = Orchestration.Resolve(all.OrchestrationId, read);
        RunSettings settings = new(all, isLocal);
        problems.AddRange(settings.Named().TextProblems().Select(InOurWords));
        RunStartException.ThrowIfAny(problems);
        return settings;
    }

    /// <summary>
    /// The settings of the engine, for the service that the options name; the server on this machine is not known yet. Asks the
    /// program for its say, so once for a run.
    /// </summary>
    public LoggerConfig ToLoggerConfig()
    {
        LoggerConfig config = Named() with
        {
            ForkStep = _options.ForkStep,
            CreateProjectIfMissing = _options.CreateProjectIfMissing ?? true,
            Resume = _options.Resume == ResumeStrategy.Allow ? Native.ResumeStrategy.Allow : Native.ResumeStrategy.Never,
            LoggerId = _options.LoggerId,
            InitTimeout = StartTimeout,
            CloseTimeout = CloseTimeout,
            Backpressure = _options.Backpressure switch
            {
                BackpressureStrategy.Block => Backpressure.Block,
                BackpressureStrategy.Raise => Backpressure.Raise,
                _ => Backpressure.DropNew,
            },
            EnqueueTimeout = _options.EnqueueTimeout
                ?? (_options.Backpressure == BackpressureStrategy.Block ? null : TimeSpan.FromSeconds(0.1)),
            MsgMaxRetries = _options.MaxRetries is null or < 0 ? null : _options.MaxRetries,
            DeliveryPolicy = _options.StopOnLoss ?? false ? DeliveryPolicy.StopOnLoss : DeliveryPolicy.TolerateLoss,
            ErrorStrategy = _options.Errors switch
            {
                ErrorStrategy.Silent => Native.ErrorStrategy.Silent,
                ErrorStrategy.RaiseOnLog => Native.ErrorStrategy.RaiseOnLog,
                ErrorStrategy.RaiseOnClose => Native.ErrorStrategy.RaiseOnClose,
                _ => Native.ErrorStrategy.Warn,
            },
            LoggerFactory = _options.LoggerFactory,
            SaysWhatClosingWaitsFor = false,
        };
        config.QueueBytes = _options.QueueBytes ?? config.QueueBytes;
        config.LogLevel = _options.LogLevel ?? config.LogLevel;
        _options.ConfigureLogger?.Invoke(config);
        return config;
    }

    /// <summary>The texts of the settings: where to, as whom, and what is whose.</summary>
    private LoggerConfig Named()
    {
        LoggerConfig config = new()
        {
            ApiKey = IsLocal ? LocalKey : _options.ApiKey ?? LocalKey,
            Workspace = _options.Workspace,
            Project = _options.Project,
            RunName = _options.Name,
            Organization = _options.Organization,
            Experiment = _options.Experiment,
            ParentRunName = _options.ForkFrom,
            OrchestrationId = _options.OrchestrationId,
        };
        config.Endpoint = _options.Endpoint ?? config.Endpoint;
        return config;
    }

    /// <summary>The engine's settings have other names here and there.</summary>
    private static string InOurWords(string problem)
    {
        foreach ((string theirs, string ours) in (ReadOnlySpan<(string, string)>)
            [(nameof(LoggerConfig.RunName), nameof(RunOptions.Name)), (nameof(LoggerConfig.ParentRunName), nameof(RunOptions.ForkFrom))])
        {
            if (problem.StartsWith(theirs + " ", StringComparison.Ordinal))
            {
                return ours + problem[theirs.Length..];
            }
        }

        return problem;
    }

    private static void NotNegative(TimeSpan? value, string name, List<string> problems)
    {
        if (value is { } given && given < TimeSpan.Zero && given != Timeout.InfiniteTimeSpan)
        {
            problems.Add($"{name} is {given}, and cannot be negative");
        }
    }
}
