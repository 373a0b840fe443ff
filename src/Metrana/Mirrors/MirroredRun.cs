namespace Metrana.Mirrors;

/// <summary>The run that a mirror follows.</summary>
public sealed record MirroredRun
{
    /// <summary>The project of the run.</summary>
    public required string Project { get; init; }

    /// <summary>The name of the run.</summary>
    public required string Name { get; init; }

    /// <summary>The workspace of the project; null if the run goes to no service.</summary>
    public string? Workspace { get; init; }

    /// <summary>The name that groups runs.</summary>
    public string? Experiment { get; init; }

    /// <summary>The id that the service gave the run; empty until the service has appeared.</summary>
    public string Id { get; init; } = "";

    /// <summary>The address of the run's page, or null if it is not known.</summary>
    public string? Url { get; init; }

    /// <summary>Whether this process created the run; false if it joined or continued an existing one.</summary>
    public bool WasCreated { get; init; } = true;

    /// <summary>The id of the job that the run belongs to.</summary>
    public string OrchestrationId { get; init; } = "";

    /// <summary>When this process started it.</summary>
    public required DateTimeOffset StartedAt { get; init; }
}
