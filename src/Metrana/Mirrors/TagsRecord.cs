namespace Metrana.Mirrors;

/// <summary>A change of the tags of the run.</summary>
public sealed record TagsRecord : RunRecord
{
    /// <summary>Whether <see cref="Added"/> replaces all earlier tags.</summary>
    public bool Replaces { get; init; }

    /// <summary>The tags that were added.</summary>
    public required IReadOnlyList<string> Added { get; init; }

    /// <summary>The tags that were removed.</summary>
    public required IReadOnlyList<string> Removed { get; init; }

    internal override int Points => 1;

    internal override long Bytes => Overhead + (sizeof(char) * Added.Concat(Removed).Sum(tag => (long)tag.Length));
}
