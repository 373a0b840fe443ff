namespace Metrana.Server;

/// <summary>A change to what people see of a run. What is not set stays as it is.</summary>
public sealed record RunEdit
{
    /// <summary>The name that people see; an empty one restores the one that loggers use. Loggers still find the run by theirs.</summary>
    public string? Name { get; init; }

    /// <summary>The notes; empty removes them.</summary>
    public string? Notes { get; init; }

    /// <summary>All of its tags.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>Tags to add.</summary>
    public IReadOnlyList<string>? AddTags { get; init; }

    /// <summary>Tags to remove.</summary>
    public IReadOnlyList<string>? RemoveTags { get; init; }

    /// <summary>Whether lists leave the run out.</summary>
    public bool? Hidden { get; init; }

    /// <summary>Whether lists show the run first.</summary>
    public bool? Pinned { get; init; }
}
