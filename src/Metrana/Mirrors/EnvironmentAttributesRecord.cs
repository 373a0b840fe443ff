namespace Metrana.Mirrors;

/// <summary>Facts about one environment.</summary>
public sealed record EnvironmentAttributesRecord : RunRecord
{
    /// <summary>The environment.</summary>
    public required string Environment { get; init; }

    /// <summary>The episode that the attributes describe; null if they describe the environment itself.</summary>
    public long? Episode { get; init; }

    /// <summary>The values by their paths: numbers, texts, booleans, dates or null.</summary>
    public required IReadOnlyDictionary<string, object?> Values { get; init; }

    internal override int Points => Values.Count;

    internal override long Bytes => Overhead + AttributeBytes.Of(Values);
}
