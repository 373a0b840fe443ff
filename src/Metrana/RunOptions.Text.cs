using System.Collections.Frozen;
using System.Globalization;
using System.Numerics;
using Metrana.Native;
using Microsoft.Extensions.Logging;

namespace Metrana;

public sealed partial record RunOptions
{
    private static readonly (string Name, LogLevel Value)[] _levels =
    [
        ("TRACE", Microsoft.Extensions.Logging.LogLevel.Trace),
        ("DEBUG", Microsoft.Extensions.Logging.LogLevel.Debug),
        ("INFO", Microsoft.Extensions.Logging.LogLevel.Information),
        ("INFORMATION", Microsoft.Extensions.Logging.LogLevel.Information),
        ("SUCCESS", Microsoft.Extensions.Logging.LogLevel.Information),
        ("WARN", Microsoft.Extensions.Logging.LogLevel.Warning),
        ("WARNING", Microsoft.Extensions.Logging.LogLevel.Warning),
        ("ERROR", Microsoft.Extensions.Logging.LogLevel.Error),
        ("CRITICAL", Microsoft.Extensions.Logging.LogLevel.Critical),
        ("OFF", Microsoft.Extensions.Logging.LogLevel.None),
        ("NONE", Microsoft.Extensions.Logging.LogLevel.None),
    ];

    private static readonly (string Name, bool Value)[] _policies =
        [("StopOnLoss", true), ("AllOrCrash", true), ("TolerateLoss", false)];

    /// <summary>What a key of a connection string sets. The answer says what was expected, where the text is not that.</summary>
    private static readonly FrozenDictionary<string, Func<RunOptions, string, string?>> _settings =
        new Dictionary<string, Func<RunOptions, string, string?>>
        {
            [nameof(Project)] = (o, text) => Set(o.Project = text),
            [nameof(Name)] = (o, text) => Set(o.Name = text),
            [nameof(Workspace)] = (o, text) => Set(o.Workspace = text),
            [nameof(Organization)] = (o, text) => Set(o.Organization = text),
            [nameof(Experiment)] = (o, text) => Set(o.Experiment = text),
            [nameof(ApiKey)] = (o, text) => Set(o.ApiKey = text),
            [nameof(Endpoint)] = (o, text) => Set(o.Endpoint = text),
            [nameof(Resume)] = (o, text) => Choice(text, Names<ResumeStrategy>(), value => o.Resume = value),
            [nameof(OrchestrationId)] = (o, text) => Set(o.OrchestrationId = text),
            [nameof(LoggerId)] = (o, text) => Number<ulong>(text, value => o.LoggerId = value),
            [nameof(ForkFrom)] = (o, text) => Set(o.ForkFrom = text),
            [nameof(ForkStep)] = (o, text) => Number<long>(text, value => o.ForkStep = value),
            [nameof(CreateProjectIfMissing)] = (o, text) => Truth(text, value => o.CreateProjectIfMissing = value),
            [nameof(Tags)] = (o, text) => Set(
                o.Tags = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)),
            [nameof(Description)] = (o, text) => Set(o.Description = text),
            [nameof(Backpressure)] = (o, text) => Choice(text, Names<BackpressureStrategy>(), value => o.Backpressure = value),
            [nameof(EnqueueTimeout)] = (o, text) => Duration(text, value => o.EnqueueTimeout = value),
            [nameof(QueueBytes)] = (o, text) => Number<long>(text, value => o.QueueBytes = value),
            [nameof(MirrorQueueBytes)] = (o, text) => Number<long>(text, value => o.MirrorQueueBytes = value),
            [nameof(MaxRetries)] = (o, text) => Number<int>(text, value => o.MaxRetries = value),
            [nameof(StopOnLoss)] = (o, text) => Truth(text, value => o.StopOnLoss = value),
            [nameof(Errors)] = (o, text) => Choice(text, Names<ErrorStrategy>(), value => o.Errors = value),
            [nameof(StartTimeout)] = (o, text) => Duration(text, value => o.StartTimeout = value),
            [nameof(ContinueWithoutServer)] = (o, text) => Truth(text, value => o.ContinueWithoutServer = value),
            [nameof(CloseTimeout)] = (o, text) => Duration(text, value => o.CloseTimeout = value),
            [nameof(Close)] = (o, text) => Choice(text, Names<CloseStrategy>(), value => o.Close = value),
            [nameof(Disabled)] = (o, text) => Truth(text, value => o.Disabled = value),
            [nameof(LogGitCommit)] = (o, text) => Truth(text, value => o.LogGitCommit = value),
            [nameof(LogProcessFacts)] = (o, text) => Facts(text, value => o.LogProcessFacts = value),
            [nameof(LogSystemMetrics)] = (o, text) => Truth(text, value => o.LogSystemMetrics = value),
            [nameof(SystemMetricsInterval)] = (o, text) => Duration(text, value => o.SystemMetricsInterval = value),
            [nameof(Print)] = (o, text) => Truth(text, value => o.Print = value),
            [nameof(LogLevel)] = (o, text) => Choice(text, _levels, value => o.LogLevel = value),
        }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>What the environment variables set where the options say nothing.</summary>
    private static readonly (string Variable, Func<RunOptions, bool> IsSet, Func<RunOptions, string, string?> Set)[] _variables =
    [
        ("METRANA_PROJECT", o => o.Project is not null, _settings[nameof(Project)]),
        ("METRANA_RUN_NAME", o => o.Name is not null, _settings[nameof(Name)]),
        ("METRANA_WORKSPACE", o => o.Workspace is not null, _settings[nameof(Workspace)]),
        ("METRANA_ORGANIZATION", o => o.Organization is not null, _settings[nameof(Organization)]),
        ("METRANA_API_KEY", o => o.ApiKey is not null, _settings[nameof(ApiKey)]),
        ("METRANA_INGESTION_URL", o => o.Endpoint is not null, _settings[nameof(Endpoint)]),
        ("METRANA_RESUME_STRATEGY", o => o.Resume is not null, _settings[nameof(Resume)]),
        ("METRANA_BACKPRESSURE_STRATEGY", o => o.Backpressure is not null, _settings[nameof(Backpressure)]),
        ("METRANA_DELIVERY_POLICY", o => o.StopOnLoss is not null, (o, text) => Choice(text, _policies, value => o.StopOnLoss = value)),
        ("METRANA_ERROR_MODES", o => o.Errors is not null, _settings[nameof(Errors)]),
        ("METRANA_CLOSE_STRATEGY", o => o.Close is not null, _settings[nameof(Close)]),
        ("METRANA_LOG_LEVEL", o => o.LogLevel is not null, _settings[nameof(LogLevel)]),
        ("METRANA_CAPTURE_SYSTEM_METRICS", o => o.LogSystemMetrics is not null, _settings[nameof(LogSystemMetrics)]),
        ("METRANA_SYSTEM_METRICS_INTERVAL_SECS", o => o.SystemMetricsInterval is not null, _settings[nameof(SystemMetricsInterval)]),
        ("METRANA_INIT_MODE", o => o.Disabled is not null, InitMode),
    ];

    /// <summary>
    /// The variables of the published clients that have no effect here, and what replaces them. A user who has set one is warned
    /// once, at the start.
    /// </summary>
    private static readonly (string Variable, string Instead)[] _withoutEffect =
    [
        ("METRANA_EVENT_QUEUE_MAX_SIZE", "the queue is bounded in bytes, by QueueBytes"),
        ("METRANA_DISPATCH_QUEUE_MAX_SIZE", "there is one queue, bounded by QueueBytes"),
        ("METRANA_ERROR_QUEUE_MAX_SIZE", "the latest errors are kept, and older ones counted"),
        ("METRANA_DISK_SPOOL_DIR", "nothing is kept on disk; QueueBytes bounds what waits in memory"),
        ("METRANA_RENDERING_ERROR_STRATEGY", "there are no renderings"),
        ("METRANA_RENDERING_CLOSE_TIMEOUT", "there are no renderings"),
        ("METRANA_RENDER_ERROR_QUEUE_MAX_SIZE", "there are no renderings"),
        ("METRANA_SKIP_DRAIN_RENDER_ON_CLOSE", "there are no renderings"),
        ("METRANA_ARTIFACT_API_URL", "there are no artifacts"),
        ("METRANA_QUERY_API_URL", "a run is only logged; LocalServer reads"),
        ("METRANA_TRACING_DISABLED", "traces are exported by AddMlflowExporter of Metrana.MLflow.Traces"),
        ("METRANA_TRACING_SAMPLE_RATE", "traces are exported by AddMlflowExporter of Metrana.MLflow.Traces"),
    ];

    /// <summary>
    /// Parses options from one line of text: <c>Project=walker;Name=ppo-7;Endpoint=http://localhost:7878</c>.
    /// </summary>
    /// <remarks>
    /// The keys are the names of the properties, in upper or lower case. A value with a semicolon is quoted. Durations
    /// are seconds (<c>0.5</c>) or <c>hh:mm:ss</c>; <see cref="Tags"/> are separated by commas.
    /// </remarks>
    /// <param name="connectionString">The text.</param>
    /// <exception cref="FormatException">
    /// The text cannot be read. The message lists all problems and repeats nothing of the text.
    /// </exception>
    public static RunOptions Parse(string connectionString)
    {
        ArgumentNullException.ThrowIfNull(connectionString);
        RunOptions options = new();
        List<string> problems = [];
        HashSet<string> seen = new(StringComparer.OrdinalIgnoreCase);

        // A message repeats nothing of the text: with a quote out of place anything may be a part of the API key.
        foreach ((string key, string value, int at) in ConnectionString.Split(connectionString, problems))
        {
            if (!_settings.TryGetValue(key, out Func<RunOptions, string, string?>? set))
            {
                problems.Add(ConnectionString.Unknown(key, at, _settings.Keys));
            }
            else if (!seen.Add(key))
            {
                problems.Add($"{key} is set twice");
            }
            else if (set(options, value) is { } expected)
            {
                problems.Add($"{key} is not {expected}");
            }
        }

        ConnectionString.ThrowIfAny(problems);
        return options;
    }

    /// <summary>Sets a property by its name. The answer says what is wrong, without the text, which may be a secret.</summary>
    internal string? TrySet(string key, string text) =>
        !_settings.TryGetValue(key, out Func<RunOptions, string, string?>? set)
            ? $"is no setting; there are {string.Join(", ", _settings.Keys.Order(StringComparer.Ordinal))}"
            : set(this, text) is { } expected ? $"is not {expected}" : null;

    /// <summary>Fills in from the environment what is not set.</summary>
    internal void Fill(Func<string, string?> read, List<string> problems)
    {
        foreach ((string variable, Func<RunOptions, bool> isSet, Func<RunOptions, string, string?> set) in _variables)
        {
            if (!isSet(this) && read(variable)?.Trim() is { Length: > 0 } text && set(this, text) is { } expected)
            {
                // Only choices can be wrong, and those are no secrets.
                problems.Add($"{variable} is '{text}', which is not {expected}");
            }
        }
    }

    /// <summary>The variables that are asked for a run, those with an effect and those without.</summary>
    internal static (IEnumerable<string> Effective, IEnumerable<string> WithoutEffect) VariableNames =>
        (_variables.Select(one => one.Variable), _withoutEffect.Select(one => one.Variable));

    /// <summary>Which variables are set that do nothing, and the line that says so; null when none is.</summary>
    internal static (string Text, string Variables)? WithoutEffect(Func<string, string?> read)
    {
        (string Variable, string Instead)[] set = [.. _withoutEffect.Where(one => !string.IsNullOrWhiteSpace(read(one.Variable)))];
        return set.Length == 0
            ? null
            : ($"Variables of the published clients are set that have no effect here: {string.Join("; ", set.Select(one => $"{one.Variable} ({one.Instead})"))}.",
                string.Join(' ', set.Select(one => one.Variable)));
    }

    private static string? InitMode(RunOptions options, string text) =>
        text.Equals("offline", StringComparison.OrdinalIgnoreCase)
            ? "possible here: nothing is kept on disk to be delivered later. Online goes on without the service where "
                + "ContinueWithoutServer is set and delivers when it appears, Disabled logs nothing, and a JsonlMirror of RunOptions.Mirrors "
                + "writes a file"
            : Choice(text, [("Online", false), ("Disabled", true)], value => options.Disabled = value);

    private static string? Set<T>(T _) => null;

    private static string? Number<T>(string text, Action<T> set)
        where T : struct, INumber<T>, IMinMaxValue<T>
    {
        if (!T.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out T value))
        {
            return $"a whole number up to {T.MaxValue}";
        }

        set(value);
        return null;
    }

    private static string? Truth(string text, Action<bool> set)
    {
        if (!bool.TryParse(text, out bool value))
        {
            return "true or false";
        }

        set(value);
        return null;
    }

    private static string? Facts(string text, Action<ProcessFacts> set)
    {
        if (Truth(text, all => set(all ? ProcessFacts.All : ProcessFacts.None)) is null)
        {
            return null;
        }

        ProcessFacts facts = ProcessFacts.None;
        string? expected = null;
        foreach (string name in text.Split(',', StringSplitOptions.TrimEntries))
        {
            expected ??= Choice(name, Names<ProcessFacts>(), value => facts |= value);
        }

        if (expected is not null)
        {
            return $"true, false, or some of {string.Join(", ", Names<ProcessFacts>().Select(row => row.Name))} with commas between them";
        }

        set(facts);
        return null;
    }

    private static string? Choice<T>(string text, (string Name, T Value)[] known, Action<T> set)
    {
        string plain = text.Replace("_", "", StringComparison.Ordinal);
        foreach ((string name, T value) in known)
        {
            if (plain.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                set(value);
                return null;
            }
        }

        return $"one of {string.Join(", ", known.Select(row => row.Name))}";
    }

    private static string? Duration(string text, Action<TimeSpan> set)
    {
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds)
            && Math.Abs(seconds) < TimeSpan.MaxValue.TotalSeconds)
        {
            set(TimeSpan.FromSeconds(seconds));
        }
        else if (text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out TimeSpan value))
        {
            set(value);
        }
        else
        {
            return "a duration: seconds such as 0.5, or hh:mm:ss";
        }

        return null;
    }

    private static (string Name, T Value)[] Names<T>()
        where T : struct, Enum => [.. Enum.GetValues<T>().Select(value => (value.ToString(), value))];
}
