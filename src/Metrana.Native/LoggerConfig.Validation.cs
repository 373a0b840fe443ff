using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace Metrana.Native;

public sealed partial record LoggerConfig
{
    private const long MostQueueBytes = 1L << 40;
    private static readonly TimeSpan _longestTcpKeepAlive = TimeSpan.FromSeconds(short.MaxValue);

    /// <summary>Finds every reason why this cannot work.</summary>
    /// <exception cref="LoggerInitException">There is one; all of them are in the message, by the names of the properties.</exception>
    internal void Validate()
    {
        List<string> problems = [];
        CheckNeeded(problems);
        problems.AddRange(TextProblems());
        CheckChoices(problems);
        CheckDurations(problems);
        CheckNumbers(problems);
        CheckRules(problems);
        ThrowIfAny(problems);
    }

    private static void ThrowIfAny(List<string> problems)
    {
        if (problems.Count > 0)
        {
            throw new LoggerInitException(MetranaStatus.InvalidConfig, $"invalid config: {string.Join("; ", problems)}");
        }
    }

    /// <summary>Whether an address is of a host alone. What else it held would be ignored.</summary>
    private static bool IsEndpoint(string endpoint) =>
        Uri.TryCreate(endpoint, UriKind.Absolute, out Uri? uri)
        && uri.Scheme is "http" or "https"
        && uri is { Host.Length: > 0, UserInfo.Length: 0, PathAndQuery: "/", Fragment.Length: 0 };

    /// <summary>What is wrong with the texts that are set. Whoever makes a config of options of its own tells it with their other problems.</summary>
    internal List<string> TextProblems()
    {
        List<string> problems = [];

        // The key itself is never repeated, not even a character of it.
        if (ApiKey is { } key && key.Any(c => c is < ' ' or > '~'))
        {
            problems.Add("ApiKey contains a character that is not allowed in a header (a line break at its end?)");
        }

        if (Endpoint is not null && !IsEndpoint(Endpoint))
        {
            problems.Add($"Endpoint is '{EndpointToShow}', expected http://host:port or https://host:port with nothing after it");
        }

        (string? Text, string Name)[] texts =
        [
            (ApiKey, nameof(ApiKey)), (Workspace, nameof(Workspace)), (Project, nameof(Project)), (RunName, nameof(RunName)),
            (Endpoint, nameof(Endpoint)), (Organization, nameof(Organization)), (Experiment, nameof(Experiment)),
            (ParentRunName, nameof(ParentRunName)), (OrchestrationId, nameof(OrchestrationId)), (ExtraCaPem, nameof(ExtraCaPem)),
        ];
        problems.AddRange(texts.Where(row => row.Text is not null && !IsText(row.Text)).Select(
            row => $"{row.Name} has half a surrogate pair, so it has no UTF-8"));
        return problems;
    }

    private void CheckNeeded(List<string> problems)
    {
        Needed(ApiKey);
        Needed(Workspace);
        Needed(Project);
        Needed(RunName);
        Needed(Endpoint);

        void Needed(string? text, [CallerArgumentExpression(nameof(text))] string name = "")
        {
            if (text is null)
            {
                problems.Add(_variables.TryGetValue(name, out string? variable)
                    ? $"{name} is not set (FromEnvironment takes it from {variable})"
                    : $"{name} is not set");
            }
        }
    }

    private void CheckChoices(List<string> problems)
    {
        Known(Resume);
        Known(Backpressure);
        Known(DeliveryPolicy);
        Known(ErrorStrategy);
        Known(LogLevel);

        void Known<T>(T value, [CallerArgumentExpression(nameof(value))] string name = "")
            where T : struct, Enum
        {
            if (!Enum.IsDefined(value))
            {
                problems.Add($"{name} is {value}, expected one of {string.Join(", ", Enum.GetNames<T>())}");
            }
        }
    }

    private void CheckDurations(List<string> problems)
    {
        NotNegative(ConnectTimeout);
        NotNegative(InitTimeout);
        NotNegative(CloseTimeout);
        NotNegative(Http2KeepAliveInterval);
        NotNegative(Http2KeepAliveTimeout);
        NotNegative(EnqueueTimeout ?? TimeSpan.Zero, nameof(EnqueueTimeout));
        NotNegative(MsgMaxAge);
        NotNegative(MsgLinger);
        NotNegative(BackoffInitial);
        NotNegative(BackoffMax);
        NotNegative(AckStallTimeout ?? TimeSpan.Zero, nameof(AckStallTimeout));
        LongerThanNothing(ConnectTimeout, "nothing could ever be opened");
        LongerThanNothing(InitTimeout, "nothing could ever be opened");
        LongerThanNothing(AckStallTimeout ?? TimeSpan.MaxValue, "every stream would be given up at once (null: no limit)", nameof(AckStallTimeout));
        if (Http2KeepAliveTimeout == TimeSpan.Zero && Http2KeepAliveInterval != TimeSpan.Zero)
        {
            problems.Add("Http2KeepAliveTimeout is 00:00:00, expected more: no probe could be answered in time "
                + "(an Http2KeepAliveInterval of zero sends none)");
        }

        if (TcpKeepAlive < TimeSpan.FromSeconds(1) || TcpKeepAlive > _longestTcpKeepAlive)
        {
            problems.Add($"TcpKeepAlive is {TcpKeepAlive}, expected between 1 s and {_longestTcpKeepAlive.TotalSeconds:0} s, the range that TCP allows");
        }

        void NotNegative(TimeSpan value, [CallerArgumentExpression(nameof(value))] string name = "")
        {
            if (value < TimeSpan.Zero && value != Timeout.InfiniteTimeSpan)
            {
                problems.Add($"{name} is {value}, expected zero or more (Timeout.InfiniteTimeSpan is as long as it takes)");
            }
        }

        void LongerThanNothing(TimeSpan value, string why, [CallerArgumentExpression(nameof(value))] string name = "")
        {
            if (value == TimeSpan.Zero)
            {
                problems.Add($"{name} must be greater than zero: {why}");
            }
        }
    }

    private void CheckNumbers(List<string> problems)
    {
        AtLeast(1, QueueBytes);
        if (QueueBytes > MostQueueBytes)
        {
            problems.Add($"QueueBytes is {QueueBytes}, expected {MostQueueBytes} (1 TiB) or less: the queue lives in memory");
        }

        AtLeast(1, MaxMsgSize);
        AtLeast(1, MaxPendingRequests);
        AtLeast(0, MsgMaxRetries ?? 0, nameof(MsgMaxRetries));
        AtLeast(0, MisStepWarnBudget);
        AtLeast(0, ForkStep ?? 0, nameof(ForkStep));
        if (LoggerId == 0)
        {
            problems.Add("LoggerId is 0, expected a positive number, or null for a random one");
        }

        if (ForkStep is not null && ParentRunName is null)
        {
            problems.Add("ForkStep needs ParentRunName: it is a step of that run");
        }

        void AtLeast(long least, long value, [CallerArgumentExpression(nameof(value))] string name = "")
        {
            if (value < least)
            {
                problems.Add($"{name} is {value}, expected {least} or more");
            }
        }
    }

    private void CheckRules(List<string> problems)
    {
        for (int i = 0; i < AggregationRules.Count; i++)
        {
            string name = $"AggregationRules[{i}]";
            if (AggregationRules[i] is not { SourceScale: not null, OutputScale: not null, Functions: not null, AggregateOverLabels: not null } rule)
            {
                problems.Add($"{name} is null, or its SourceScale, OutputScale, Functions or AggregateOverLabels is");
                continue;
            }

            problems.AddRange(rule.Functions.Where(function => !Enum.IsDefined(function)).Select(
                function => $"{name} has the function {function}, expected one of {string.Join(", ", Enum.GetNames<AggregationFunction>())}"));
            string?[] texts =
            [
                rule.MetricName, rule.SourceScale, rule.OutputScale, rule.OutputMetricName, rule.OutputNameSuffix,
                .. rule.AggregateOverLabels,
            ];
            if (rule.AggregateOverLabels.Contains(null!) || texts.Any(text => text is not null && !IsText(text)))
            {
                problems.Add($"{name} has a label that is null, or a text with half a surrogate pair, which has no UTF-8");
            }
        }
    }

    private static bool IsText(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                return false;
            }
        }

        return true;
    }
}
