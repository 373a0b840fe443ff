using System.Text.Json.Serialization;
using Metrana.Server.Http;

namespace Metrana.Server;

/// <summary>A run as the server holds it.</summary>
public sealed record StoredRun : IJsonOnDeserialized
{
    /// <summary>The server's own id of the run, as hexadecimal digits.</summary>
    public required string RunId { get; init; }

    /// <summary>The workspace of the run's project.</summary>
    public required string Workspace { get; init; }

    /// <summary>The project of the run.</summary>
    public required string Project { get; init; }

    /// <summary>The name that loggers know the run by.</summary>
    public required string RunName { get; init; }

    /// <summary>The name that people see, which is <see cref="RunName"/> unless somebody gave the run another.</summary>
    public string Name { get => field ?? RunName; init; }

    /// <summary>What people wrote about the run.</summary>
    public string Notes { get => field ?? ""; init; }

    /// <summary>The tags of the run, which people and loggers give it.</summary>
    public IReadOnlyList<string> Tags { get => field ?? []; init; }

    /// <summary>Whether lists leave the run out.</summary>
    public bool Hidden { get; init; }

    /// <summary>Whether lists show the run first.</summary>
    public bool Pinned { get; init; }

    /// <summary>The organization, where the logger named one.</summary>
    public string? Organization { get; init; }

    /// <summary>The experiment, where the logger named one.</summary>
    public string? Experiment { get; init; }

    /// <summary>Which job the run belongs to.</summary>
    public string? OrchestrationId { get; init; }

    /// <summary>Where the run forked from another, if it did.</summary>
    public StoredForkPoint? ForkPoint { get; init; }

    /// <summary>When the run was first opened, in milliseconds since 1970.</summary>
    public long CreatedAtMillis { get; init; }

    /// <summary>When the run was first opened.</summary>
    [JsonIgnore]
    public DateTimeOffset CreatedAt => DateTimeOffset.FromUnixTimeMilliseconds(CreatedAtMillis);

    /// <summary>The status of the run.</summary>
    public RunStatus Status { get; init; }

    /// <summary>What the logger said that closed the run as failed or aborted.</summary>
    public string? CloseMessage { get; init; }

    /// <summary>When a logger was last heard from, in milliseconds since 1970.</summary>
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

/// <summary>The place in another run where a run began.</summary>
public sealed record StoredForkPoint : IJsonOnDeserialized
{
    /// <summary>The run that it forked from.</summary>
    public required string ParentRunName { get; init; }

    /// <summary>The step at which it did.</summary>
    public required long ForkStep { get; init; }

    void IJsonOnDeserialized.OnDeserialized()
    {
        Expect.NotNegative(ForkStep);
        Expect.NoNull(ParentRunName);
    }
}
