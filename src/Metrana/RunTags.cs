namespace Metrana;

/// <summary>The tags of a run. Use <see cref="Run.Tags"/> to get them.</summary>
public sealed class RunTags
{
    private readonly Run _run;

    internal RunTags(Run run) => _run = run;

    /// <summary>Gives the run these tags and no others.</summary>
    /// <param name="tags">The tags. Duplicates are ignored.</param>
    /// <exception cref="ArgumentException">A tag is null or empty. Nothing changed.</exception>
    /// <exception cref="Native.MetricValidationException">The tags are too long in total. Nothing changed.</exception>
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

    /// <summary>Removes tags; those that the run does not have are ignored.</summary>
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
