using System.CommandLine;

namespace Benchmarks.Serving;

/// <summary>Where a mode logs to.</summary>
internal sealed record TargetOptions
{
    public string? Endpoint { get; init; }

    public string ApiKey { get; init; } = "local";

    public string Workspace { get; init; } = "benchmarks";

    public string Project { get; init; } = "metrana-native";

    public string Run { get; init; } = $"bench-{DateTime.UtcNow:yyyyMMdd-HHmmss}-{Environment.ProcessId}";

    public long QueueBytes { get; init; } = 64 << 20;

    /// <summary>Where the local server keeps what it is sent, so that an acknowledged point survives a power failure; null: in memory.</summary>
    public string? DataDirectory { get; init; }
}

/// <summary>The options of the command line that say where a mode logs to, the same for every mode.</summary>
internal sealed class TargetArguments
{
    private static readonly TargetOptions _defaults = new();

    private readonly Option<string?> _endpoint = new("--endpoint")
    {
        Description = "The server to log to; left out, a local one is started in a process of its own",
    };

    private readonly Option<string> _apiKey = new("--api-key")
    {
        Description = "The key that opens the server",
        DefaultValueFactory = _ => _defaults.ApiKey,
    };

    private readonly Option<string> _workspace = new("--workspace")
    {
        Description = "The workspace of the run",
        DefaultValueFactory = _ => _defaults.Workspace,
    };

    private readonly Option<string> _project = new("--project")
    {
        Description = "The project of the run",
        DefaultValueFactory = _ => _defaults.Project,
    };

    private readonly Option<string?> _run = new("--run") { Description = "The name of the run; left out, a new one" };

    private readonly Option<long> _queueBytes = new("--queue-bytes")
    {
        Description = "What a logger's queue holds at most",
        DefaultValueFactory = _ => _defaults.QueueBytes,
    };

    public TargetArguments(Command command)
    {
        command.Options.Add(_endpoint);
        command.Options.Add(_apiKey);
        command.Options.Add(_workspace);
        command.Options.Add(_project);
        command.Options.Add(_run);
        command.Options.Add(_queueBytes);
    }

    public TargetOptions Read(ParseResult parsed)
    {
        TargetOptions options = new()
        {
            Endpoint = parsed.GetValue(_endpoint),
            ApiKey = parsed.GetRequiredValue(_apiKey),
            Workspace = parsed.GetRequiredValue(_workspace),
            Project = parsed.GetRequiredValue(_project),
            QueueBytes = parsed.GetValue(_queueBytes),
        };
        return parsed.GetValue(_run) is { } run ? options with { Run = run } : options;
    }
}
