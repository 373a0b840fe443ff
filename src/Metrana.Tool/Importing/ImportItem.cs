using Metrana.Native;

namespace Metrana.Tool.Importing;

/// <summary>Something of a run that is read from a file.</summary>
/// <param name="Run">The run as the file calls it, <c>project/name</c> or a name; empty where it calls it nothing.</param>
internal abstract record ImportItem(string Run)
{
    /// <summary>Whether it counts as a point.</summary>
    public bool IsPoint => this is not (ImportedAttributes or ImportedFailure);
}

/// <summary>A number.</summary>
internal sealed record ImportedPoint(string Run, ImportedSeries Series, long Step, long? TimestampMillis, double Value) : ImportItem(Run)
{
    public ImportedEnvironment? Environment { get; init; }
}

/// <summary>Where a number of reinforcement learning belongs.</summary>
internal sealed record ImportedEnvironment(string Name, long RlStep, long? Episode);

/// <summary>A histogram, of counts or of densities.</summary>
internal sealed record ImportedHistogram(
    string Run, ImportedSeries Series, long Step, long? TimestampMillis, Histogram Bins) : ImportItem(Run);

/// <summary>A set of points in the plane, or with <paramref name="Zs"/> in space.</summary>
internal sealed record ImportedScatter(
    string Run, ImportedSeries Series, long Step, long? TimestampMillis, double[] Xs, double[] Ys, double[]? Zs) : ImportItem(Run)
{
    public AxisTitles Titles { get; init; }
}

/// <summary>Attributes of a run by their paths.</summary>
internal sealed record ImportedAttributes(string Run, IReadOnlyDictionary<string, object?> Values, IReadOnlyList<string> Tags) : ImportItem(Run)
{
    /// <summary>Tags that the run has no more.</summary>
    public IReadOnlyList<string> LostTags { get; init; } = [];

    /// <summary>Whether <see cref="Tags"/> are all that it has.</summary>
    public bool ReplacesTags { get; init; }

    public string? Description { get; init; }

    /// <summary>The environment whose attributes they are; nothing where they are those of the run.</summary>
    public string? Environment { get; init; }

    public long? Episode { get; init; }
}

/// <summary>How the run ended, where it did not go well.</summary>
internal sealed record ImportedFailure(string Run, string Message) : ImportItem(Run);

/// <summary>Which series.</summary>
/// <param name="Metric">Its metric.</param>
/// <param name="Scale">What its steps count; nothing is the usual.</param>
/// <param name="Labels">Its labels, ordered by their keys.</param>
internal sealed record ImportedSeries(string Metric, string? Scale, IReadOnlyList<(string Key, string Value)> Labels)
{
    public string Key { get; } = $"{Metric}\0{Scale}\0{string.Join('\0', Labels.Select(label => $"{label.Key}\0{label.Value}"))}";

    public bool Equals(ImportedSeries? other) => other is not null && other.Key == Key;

    public override int GetHashCode() => Key.GetHashCode(StringComparison.Ordinal);
}

/// <summary>A file, or several, that runs are read from.</summary>
internal interface IImportSource
{
    /// <summary>Everything in it, in its order. It can be read several times.</summary>
    /// <exception cref="Kernel.ToolException">Something in it cannot be read; the message says where.</exception>
    IEnumerable<ImportItem> Read();

    /// <summary>What is worth knowing after it was read, such as what was left out.</summary>
    IReadOnlyList<string> Notes { get; }
}
