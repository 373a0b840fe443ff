using System.Numerics;
using Metrana.Native;
using Metrana.Player.Scripts;
using Metrana.Player.Values;
using Microsoft.Extensions.Logging;

namespace Metrana.Player;

/// <summary>The settings of a script's logger, from the published names of settings.</summary>
internal static class ScriptConfig
{
    public static LoggerConfig From(Script script, PlayerOptions options)
    {
        var config = new LoggerConfig
        {
            ApiKey = options.ApiKey,
            Endpoint = options.Endpoint,
            Workspace = "ws",
            Project = "proj",
            RunName = script.Name,
            LogLevel = LogLevel.None, // Scripts provoke warnings by the thousand.
            CloseTimeout = TimeSpan.FromMinutes(1), // A service that stopped answering must not stop the play.
        };
        foreach (var (name, value) in script.Config.Entries.Where(entry => entry.Value is not NoneValue))
        {
            Set(config, name, value);
        }

        return config;
    }

    private static void Set(LoggerConfig config, string name, ScriptValue value)
    {
        switch (name)
        {
            case "logger_id":
                config.LoggerId = Unsigned(name, value);
                break;
            case "experiment":
                config.Experiment = Text(name, value);
                break;
            case "parent_run_name":
                config.ParentRunName = Text(name, value);
                break;
            case "fork_step":
                config.ForkStep = Signed(name, value);
                break;
            case "orchestration_id":
                config.OrchestrationId = Text(name, value);
                break;
            case "organization":
                config.Organization = Text(name, value);
                break;
            case "create_project_if_missing":
                config.CreateProjectIfMissing = value is BoolValue truth
                    ? truth.Value
                    : throw RefusalException.Type($"{name}: a bool is needed, not '{value.TypeName}'");
                break;
            case "resume_strategy":
                config.Resume = Text(name, value) switch
                {
                    "ResumeStrategy.Allow" => ResumeStrategy.Allow,
                    "ResumeStrategy.Never" => ResumeStrategy.Never,
                    var other => throw RefusalException.Type($"{name}: '{other}' is no resume strategy"),
                };
                break;
            default:
                throw RefusalException.NotSupported($"the setting {name} is not known");
        }
    }

    private static string Text(string name, ScriptValue value) => value is TextValue text
        ? text.Value
        : throw RefusalException.Type($"{name}: text is needed, not '{value.TypeName}'");

    private static ulong Unsigned(string name, ScriptValue value) => Integer(name, value) is var number
        && number >= ulong.MinValue && number <= ulong.MaxValue
            ? (ulong)number
            : throw RefusalException.Overflow($"{name}: {number} does not fit 64 bits without a sign");

    private static long Signed(string name, ScriptValue value) => Integer(name, value) is var number && number.Sign >= 0
        ? Numbers.ToInt64(number, name)
        : throw RefusalException.Overflow($"{name}: can't convert negative int to unsigned");

    private static BigInteger Integer(string name, ScriptValue value) => value switch
    {
        IntegerValue number => number.Value,
        BoolValue truth => truth.Value ? 1 : 0,
        _ => throw RefusalException.Type($"{name}: an integer is needed, not '{value.TypeName}'"),
    };
}
