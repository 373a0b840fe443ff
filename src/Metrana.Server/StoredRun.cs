using System.Text.Json.Serialization;
using Metrana.Server.Http;

namespace Metrana.Server;

/// <summary>A run as the server holds it.</summary>
public sealed record StoredRun : IJsonOnDeserialized
{
    /// <summary>The id of the run, assigned by the server, in hexadecimal digits.</summary>
    public required string RunId { get; init; }

    /// <summary>The workspace of the run's project.</summary>
    public required string Workspace { get; init; }

    /// <summary>The project of the run.</summary>
    public required string Project { get; init; }

    /// <summary>The name by which loggers know the run.</summary>
    public required string RunName { get; init; }

    /// <summary>The displayed name; <see cref="RunName"/> unless the run was renamed.</summary>
    public string Name { get => field ?? RunName; init; }

    /// <summary>The notes on the run.</summary>
    public string Notes { get => field ?? ""; init; }

    /// <summary>The tags of the run, set by users and loggers.</summary>
    public IReadOnlyList<string> Tags { get => field ?? []; init; }

    /// <summary>Whether the run is hidden in lists.</summary>
    public bool Hidden { get; init; }

    /// <summary>Whether the run is shown first in lists.</summary>
    public bool Pinned { get; init; }

    /// <summary>The organization, if the logger named one.</summary>
    public string? Organization { get; init; }

    /// <summary>The experiment, if the logger named one.</summary>
    public string? Experiment { get; init; }

    /// <summary>The job that the run belongs to.</summary>
    public string? OrchestrationId { get; init; }

    /// <summary>The point where the run forked from another run, if it did.</summary>
    public StoredForkPoint? ForkPoint { get; init; }

    /// <summary>When the run was first opened, in milliseconds since 1970.</summary>
    public long CreatedAtMillis { get; init; }

    /// <summary>When the run was first opened.</summary>
    [JsonIgnore]
    public DateTimeOffset CreatedAt => DateTimeOffset.FromUnixTimeMilliseconds(CreatedAtMillis);

    /// <summary>The status of the run.</summary>
    public RunStatus Status { get; init; }

    /// <summary>The message of the logger that closed the run as failed or aborted.</summary>
    public string? CloseMessage { get; init; }

    /// <summary>The time of the last contact with a logger, in milliseconds since 1970.</summary>
    public long? LastContactMillis { get; init; }

    /// <summary>When the run was closed, in milliseconds since 1970.</summary>
    public long? ClosedAtMillis { get; init; }

    /// <summary>Whether a logger has closed the run.</summary>
    public bool Closed { get; init; }

    /// <summary>The number of series in the run.</summary>
    public long Series { get; init; }

    /// <summary>The number of points in all its series; a histogram or scatter counts as one.</summary>
    public long Points { get; init; }

    void IJsonOnDeserialized.OnDeserialized()
    {
        Expect.NoNull(RunId, Workspace, Project, RunName);
        Expect.NoNullIn(Tags);
    }
}

/// <summary>The point in another run where a run forked.</summary>
public sealed record StoredForkPoint : IJsonOnDeserialized
{
    /// <summary>The name of the parent run.</summary>
    public required string ParentRunName { get; init; }

    /// <summary>The step of the parent run at which the run forked.</summary>
    public required long ForkStep { get; init; }

    void IJsonOnDeserialized.OnDeserialized()
    {
        Expect.NotNegative(ForkStep);
        Expect.NoNull(ParentRunName);
    }
}
