namespace Metrana.Mirrors;

/// <summary>A moment of the run that was marked with a text.</summary>
public sealed record AnnotationRecord : RunRecord
{
    /// <summary>The path of its attributes in the run, which identifies it.</summary>
    public required string Path { get; init; }

    /// <summary>The text.</summary>
    public required string Text { get; init; }

    /// <summary>Its step.</summary>
    public long? Step { get; init; }

    /// <summary>Further facts about the moment, by their paths.</summary>
    public required IReadOnlyDictionary<string, object?> Metadata { get; init; }

    /// <summary>It is stored as attributes: the text, the step and each of the further facts.</summary>
    internal override int Points => 1 + (Step is null ? 0 : 1) + Metadata.Count;

    internal override long Bytes => Overhead + (sizeof(char) * (long)(Path.Length + Text.Length)) + AttributeBytes.Of(Metadata);
}
