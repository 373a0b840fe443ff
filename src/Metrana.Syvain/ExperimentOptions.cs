namespace Metrana.Syvain;

/// <summary>The options with which an experiment is opened.</summary>
public sealed record ExperimentOptions
{
    /// <summary>The description of the experiment; at most 4000 characters.</summary>
    public string Description { get; init; } = "";

    /// <summary>
    /// The metadata of the whole run: model, dataset, seed, commit, configuration. Use metrics for values that change from step to step.
    /// </summary>
    public Metadata? Meta { get; init; }

    /// <summary>The id of the folder for the experiment. Must not be combined with <see cref="FolderPath"/>.</summary>
    public string? FolderId { get; init; }

    /// <summary>
    /// The path of the folder for the experiment in the dashboard, such as <c>/walker</c>. An additional request looks up its id.
    /// </summary>
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
