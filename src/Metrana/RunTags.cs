namespace Metrana;

/// <summary>The tags of a run, as <see cref="Run.Tags"/> gives them.</summary>
public sealed class RunTags
{
    private readonly Run _run;

    internal RunTags(Run run) => _run = run;

    /// <summary>Gives the run these tags and no others.</summary>
    /// <param name="tags">The tags. One that occurs twice counts once.</param>
    /// <exception cref="ArgumentException">A tag is null or empty. Nothing changed.</exception>
    /// <exception cref="Native.MetricValidationException">Together they are longer than tags may be. Nothing changed.</exception>
    /// <exception cref="ObjectDisposedException">The run has ended.</exception>
    public void Set(params string[] tags) => _run.Open().SetTags(Checked(tags));

    /// <summary>Gives the run these tags and no others.</summary>
    /// <inheritdoc cref="Set(string[])"/>
    public void Set(IEnumerable<string> tags)
    {
        ArgumentNullException.ThrowIfNull(tags);
        Set([.. tags]);
    }

    /// <summary>Adds tags; the run keeps those it has.</summary>
    /// <inheritdoc cref="Set(string[])"/>
    public void Add(params string[] tags) => _run.Open().UpdateTags(Checked(tags), []);

    /// <summary>Adds tags; the run keeps those it has.</summary>
    /// <inheritdoc cref="Set(string[])"/>
    public void Add(IEnumerable<string> tags)
    {
        ArgumentNullException.ThrowIfNull(tags);
        Add([.. tags]);
    }

    /// <summary>Removes tags; it may lack some of them.</summary>
    /// <inheritdoc cref="Set(string[])"/>
    public void Remove(params string[] tags) => _run.Open().UpdateTags([], Checked(tags));

    private static string[] Checked(string[] tags)
    {
        ArgumentNullException.ThrowIfNull(tags);
        foreach (string tag in tags)
        {
            ArgumentException.ThrowIfNullOrEmpty(tag, nameof(tags));
        }

        return [.. tags.Distinct(StringComparer.Ordinal)];
    }
}
