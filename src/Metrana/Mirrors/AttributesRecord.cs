namespace Metrana.Mirrors;

/// <summary>Facts about the run that have no step: its configuration (<c>config/…</c>), the git commit, the process, or others.</summary>
public sealed record AttributesRecord : RunRecord
{
    /// <summary>The values by their full paths, such as <c>config/optimizer/lr</c>: numbers, texts, booleans, dates or null.</summary>
    public required IReadOnlyDictionary<string, object?> Values { get; init; }

    internal override int Points => Values.Count;

    internal override long Bytes => Overhead + AttributeBytes.Of(Values);
}
