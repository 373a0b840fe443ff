namespace Metrana;

/// <summary>
/// The test proves a row of docs/parity.md, docs/parity-client.md, docs/parity-telemetry.md or docs/failures.md: the row's id, and words
/// that stand both in the row and in the test itself. A test of the Player's holds both against each other, so that neither can change or
/// go without the other.
/// </summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class ParityRowAttribute(string id, params string[] words) : Attribute
{
    public string Id { get; } = id;

    public IReadOnlyList<string> Words { get; } = words;

    /// <summary>The file of golden vectors that the test plays, where the words stand there and not in the test.</summary>
    public string? Vectors { get; init; }
}
