using System.Collections.Frozen;
using Microsoft.Extensions.Logging;

namespace Metrana.Native;

public sealed partial record LoggerConfig
{
    /// <summary>Which variable sets which property.</summary>
    private static readonly FrozenDictionary<string, string> _variables = new Dictionary<string, string>
    {
        [nameof(ApiKey)] = "METRANA_API_KEY",
        [nameof(Endpoint)] = "METRANA_INGESTION_URL",
        [nameof(Workspace)] = "METRANA_WORKSPACE",
        [nameof(Project)] = "METRANA_PROJECT",
        [nameof(RunName)] = "METRANA_RUN_NAME",
        [nameof(Organization)] = "METRANA_ORGANIZATION",
        [nameof(OrchestrationId)] = "METRANA_ORCHESTRATION_ID",
        [nameof(Resume)] = "METRANA_RESUME_STRATEGY",
        [nameof(Backpressure)] = "METRANA_BACKPRESSURE_STRATEGY",
        [nameof(DeliveryPolicy)] = "METRANA_DELIVERY_POLICY",
        [nameof(ErrorStrategy)] = "METRANA_ERROR_MODES",
        [nameof(LogLevel)] = "METRANA_LOG_LEVEL",
    }.ToFrozenDictionary();

    /// <summary>
    /// Creates a configuration from environment variables. A missing or blank variable leaves the default. Values are
    /// case-insensitive, and <c>drop_new</c> and <c>DropNew</c> are equivalent.
    /// </summary>
    /// <remarks>
    /// METRANA_API_KEY, METRANA_INGESTION_URL, METRANA_WORKSPACE, METRANA_PROJECT, METRANA_RUN_NAME, METRANA_ORGANIZATION,
    /// METRANA_ORCHESTRATION_ID; METRANA_RESUME_STRATEGY (never, allow), METRANA_BACKPRESSURE_STRATEGY (block, drop_new,
    /// raise), METRANA_DELIVERY_POLICY (stop_on_loss or all_or_crash, tolerate_loss), METRANA_ERROR_MODES (silent, warn,
    /// raise_on_log, raise_on_close), METRANA_LOG_LEVEL (trace, debug, info, success, warn, error, critical, off).
    /// </remarks>
    /// <exception cref="LoggerInitException">One or more variables have an invalid value; the message lists all of them.</exception>
    public static LoggerConfig FromEnvironment() => FromEnvironment(Environment.GetEnvironmentVariable);

    /// <summary>The same from anything that can be asked like the environment.</summary>
    internal static LoggerConfig FromEnvironment(Func<string, string?> read)
    {
        List<string> problems = [];
        LoggerConfig config = new();
        config.ApiKey = Text(nameof(ApiKey));
        config.Endpoint = Text(nameof(Endpoint)) ?? config.Endpoint;
        config.Workspace = Text(nameof(Workspace));
        config.Project = Text(nameof(Project));
        config.RunName = Text(nameof(RunName));
        config.Organization = Text(nameof(Organization));
        config.OrchestrationId = Text(nameof(OrchestrationId));
        config.Resume = Choice(nameof(Resume), config.Resume, Names<ResumeStrategy>());
        config.Backpressure = Choice(nameof(Backpressure), config.Backpressure, Names<Backpressure>());
        config.DeliveryPolicy = Choice(nameof(DeliveryPolicy), config.DeliveryPolicy, [.. Names<DeliveryPolicy>(), _allOrCrash]);
        config.ErrorStrategy = Choice(nameof(ErrorStrategy), config.ErrorStrategy, Names<ErrorStrategy>());
        config.LogLevel = Choice(nameof(LogLevel), config.LogLevel, _levels);
        ThrowIfAny(problems);
        return config;

        string? Text(string property)
        {
            string? value = read(_variables[property])?.Trim();
            return string.IsNullOrEmpty(value) ? null : value;
        }

        T Choice<T>(string property, T otherwise, (string Name, T Value)[] known)
        {
            if (Text(property) is not { } text)
            {
                return otherwise;
            }

            if (TryChoose(text, known, out T value))
            {
                return value;
            }

            problems.Add($"{_variables[property]} is '{text}', expected one of {string.Join(", ", known.Select(row => row.Name))}");
            return otherwise;
        }
    }
}
