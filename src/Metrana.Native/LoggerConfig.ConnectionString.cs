using System.Collections.Frozen;
using System.Globalization;
using System.Numerics;
using Microsoft.Extensions.Logging;

namespace Metrana.Native;

public sealed partial record LoggerConfig
{
    private const string Infinite = "infinite";
    private const string Absent = "none";

    /// <summary>What a key sets. The answer of a setting is what was expected, where the text is not that.</summary>
    private static readonly FrozenDictionary<string, Func<LoggerConfig, string, string?>> _settings =
        new Dictionary<string, Func<LoggerConfig, string, string?>>(StringComparer.OrdinalIgnoreCase)
        {
            [nameof(ApiKey)] = (c, text) => Set(c.ApiKey = text),
            [nameof(Workspace)] = (c, text) => Set(c.Workspace = text),
            [nameof(Project)] = (c, text) => Set(c.Project = text),
            [nameof(RunName)] = (c, text) => Set(c.RunName = text),
            [nameof(Endpoint)] = (c, text) => Set(c.Endpoint = text),
            [nameof(Organization)] = (c, text) => Set(c.Organization = text),
            [nameof(Experiment)] = (c, text) => Set(c.Experiment = text),
            [nameof(ParentRunName)] = (c, text) => Set(c.ParentRunName = text),
            [nameof(ForkStep)] = (c, text) => Number<long>(text, value => c.ForkStep = value),
            [nameof(OrchestrationId)] = (c, text) => Set(c.OrchestrationId = text),
            [nameof(CreateProjectIfMissing)] = (c, text) => Truth(text, value => c.CreateProjectIfMissing = value),
            [nameof(Resume)] = (c, text) => Choice(text, Names<ResumeStrategy>(), value => c.Resume = value),
            [nameof(LoggerId)] = (c, text) => Number<ulong>(text, value => c.LoggerId = value),
            [nameof(ConnectTimeout)] = (c, text) => Duration(text, value => c.ConnectTimeout = value),
            [nameof(InitTimeout)] = (c, text) => Duration(text, value => c.InitTimeout = value),
            [nameof(CloseTimeout)] = (c, text) => Duration(text, value => c.CloseTimeout = value),
            [nameof(Http2KeepAliveInterval)] = (c, text) => Duration(text, value => c.Http2KeepAliveInterval = value),
            [nameof(Http2KeepAliveTimeout)] = (c, text) => Duration(text, value => c.Http2KeepAliveTimeout = value),
            [nameof(TcpKeepAlive)] = (c, text) => Duration(text, value => c.TcpKeepAlive = value),
            [nameof(QueueBytes)] = (c, text) => Number<long>(text, value => c.QueueBytes = value),
            [nameof(Backpressure)] = (c, text) => Choice(text, Names<Backpressure>(), value => c.Backpressure = value),
            [nameof(EnqueueTimeout)] = (c, text) =>
                IsAbsent(text) ? Set(c.EnqueueTimeout = null) : Duration(text, value => c.EnqueueTimeout = value),
            [nameof(MaxMsgSize)] = (c, text) => Number<int>(text, value => c.MaxMsgSize = value),
            [nameof(MaxPendingRequests)] = (c, text) => Number<int>(text, value => c.MaxPendingRequests = value),
            [nameof(MsgMaxAge)] = (c, text) => Duration(text, value => c.MsgMaxAge = value),
            [nameof(MsgLinger)] = (c, text) => Duration(text, value => c.MsgLinger = value),
            [nameof(MsgMaxRetries)] = (c, text) =>
                IsAbsent(text) ? Set(c.MsgMaxRetries = null) : Number<int>(text, value => c.MsgMaxRetries = value),
            [nameof(BackoffInitial)] = (c, text) => Duration(text, value => c.BackoffInitial = value),
            [nameof(BackoffMax)] = (c, text) => Duration(text, value => c.BackoffMax = value),
            [nameof(AckStallTimeout)] = (c, text) =>
                IsAbsent(text) ? Set(c.AckStallTimeout = null) : Duration(text, value => c.AckStallTimeout = value),
            [nameof(DeliveryPolicy)] = (c, text) =>
                Choice(text, [.. Names<DeliveryPolicy>(), _allOrCrash], value => c.DeliveryPolicy = value),
            [nameof(ErrorStrategy)] = (c, text) => Choice(text, Names<ErrorStrategy>(), value => c.ErrorStrategy = value),
            [nameof(MisStepWarnBudget)] = (c, text) => Number<int>(text, value => c.MisStepWarnBudget = value),
            [nameof(ExtraCaPem)] = (c, text) => Set(c.ExtraCaPem = text),
            [nameof(LogLevel)] = (c, text) => Choice(text, _levels, value => c.LogLevel = value),
        }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Parses a configuration from one line of text: <c>Endpoint=http://localhost:7878;ApiKey=secret;Workspace=lab;Project=walker</c>.
    /// Omitted settings keep their defaults.
    /// </summary>
    /// <remarks>
    /// The keys are the property names, case-insensitive. A value that contains a semicolon, or begins or ends with blanks, must be
    /// enclosed in single or double quotes; to include such a quote in the value, double it. Durations are written in seconds
    /// (<c>0.5</c>), as <c>hh:mm:ss</c>, or as <c>infinite</c>; enumerations by the names of their members; <c>none</c> sets a nullable
    /// number or duration to null. <see cref="LoggerFactory"/> and <see cref="AggregationRules"/> cannot be set from text.
    /// </remarks>
    /// <param name="connectionString">The text.</param>
    /// <exception cref="FormatException">The text is invalid; the message lists all problems and repeats none of the text.</exception>
    public static LoggerConfig Parse(string connectionString)
    {
        ArgumentNullException.ThrowIfNull(connectionString);
        LoggerConfig config = new();
        List<string> problems = [];
        HashSet<string> seen = new(StringComparer.OrdinalIgnoreCase);

        // Nothing of the text is repeated in a message: with a quote out of place anything may be a part of the API key.
        foreach ((string key, string value, int at) in ConnectionString.Split(connectionString, problems))
        {
            if (!_settings.TryGetValue(key, out Func<LoggerConfig, string, string?>? set))
            {
                problems.Add(ConnectionString.Unknown(key, at, _settings.Keys));
            }
            else if (!seen.Add(key))
            {
                problems.Add($"{key} is set twice");
            }
            else if (set(config, value) is { } expected)
            {
                problems.Add($"{key} is not {expected}");
            }
        }

        ConnectionString.ThrowIfAny(problems);
        return config;
    }

    private static string? Set<T>(T _) => null;

    private static bool IsAbsent(string text) => text.Equals(Absent, StringComparison.OrdinalIgnoreCase);

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

    private static string? Choice<T>(string text, (string Name, T Value)[] known, Action<T> set)
    {
        if (!TryChoose(text, known, out T value))
        {
            return $"one of {string.Join(", ", known.Select(row => row.Name))}";
        }

        set(value);
        return null;
    }

    private static string? Duration(string text, Action<TimeSpan> set)
    {
        if (text.Equals(Infinite, StringComparison.OrdinalIgnoreCase))
        {
            set(Timeout.InfiniteTimeSpan);
        }
        else if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds)
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
            return $"a duration: seconds such as 0.5, hh:mm:ss, or {Infinite}";
        }

        return null;
    }
}
