namespace Metrana.Mirrors;

/// <summary>The run that a mirror follows.</summary>
public sealed record MirroredRun
{
    /// <summary>The project of the run.</summary>
    public required string Project { get; init; }

    /// <summary>The name of the run.</summary>
    public required string Name { get; init; }

    /// <summary>The workspace of the project; null where the run goes to no service.</summary>
    public string? Workspace { get; init; }

    /// <summary>The name that groups runs.</summary>
    public string? Experiment { get; init; }

    /// <summary>The service's own id of the run; empty while the service has not appeared.</summary>
    public string Id { get; init; } = "";

    /// <summary>Where people look at the run, if that is known.</summary>
    public string? Url { get; init; }

    /// <summary>Whether this process created the run. False: it joined or continues one that exists.</summary>
    public bool WasCreated { get; init; } = true;

    /// <summary>The id of the job that the run belongs to.</summary>
    public string OrchestrationId { get; init; } = "";

    /// <summary>When this process started it.</summary>
    public required DateTimeOffset StartedAt { get; init; }
}
