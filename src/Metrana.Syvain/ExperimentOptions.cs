namespace Metrana.Syvain;

/// <summary>What an experiment is opened with.</summary>
public sealed record ExperimentOptions
{
    /// <summary>What it is about; at most 4000 characters.</summary>
    public string Description { get; init; } = "";

    /// <summary>Facts that hold for the whole run: model, dataset, seed, commit, configuration. What changes from step to step belongs to metrics.</summary>
    public Metadata? Meta { get; init; }

    /// <summary>The folder to put it into, by its id. Not together with <see cref="FolderPath"/>.</summary>
    public string? FolderId { get; init; }

    /// <summary>The folder to put it into, by its path in the dashboard, such as <c>/walker</c>. One more request looks its id up.</summary>
    public string? FolderPath { get; init; }

    internal void Check()
    {
        Limits.CheckDescription(Description);
        if (FolderId is not null && FolderPath is not null)
        {
            throw new ArgumentException(
                $"{nameof(FolderId)} and {nameof(FolderPath)} name a folder in two ways. Leave one of them out.", nameof(FolderPath));
        }
    }
}
