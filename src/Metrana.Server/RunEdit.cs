namespace Metrana.Server;

/// <summary>A change to the displayed properties of a run. Properties that are not set stay unchanged.</summary>
public sealed record RunEdit
{
    /// <summary>The displayed name; an empty name restores the one that loggers use. Loggers find the run by its original name.</summary>
    public string? Name { get; init; }

    /// <summary>The notes; an empty text removes them.</summary>
    public string? Notes { get; init; }

    /// <summary>The tags that replace all tags of the run.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>Tags to add.</summary>
    public IReadOnlyList<string>? AddTags { get; init; }

    /// <summary>Tags to remove.</summary>
    public IReadOnlyList<string>? RemoveTags { get; init; }

    /// <summary>Whether the run is hidden in lists.</summary>
    public bool? Hidden { get; init; }

    /// <summary>Whether the run is shown first in lists.</summary>
    public bool? Pinned { get; init; }
}
