namespace Metrana.Mirrors;

/// <summary>A new description of the run.</summary>
public sealed record DescriptionRecord : RunRecord
{
    /// <summary>The description.</summary>
    public required string Text { get; init; }

    internal override int Points => 1;

    internal override long Bytes => Overhead + (sizeof(char) * (long)Text.Length);
}
