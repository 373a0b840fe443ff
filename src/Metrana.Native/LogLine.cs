using System.Collections;

namespace Metrana.Native;

/// <summary>The state of a line: its run, its fields and its text by their names, as structured logs take them.</summary>
internal sealed class LogLine(string run, string text, KeyValuePair<string, object?>[] fields) : IReadOnlyList<KeyValuePair<string, object?>>
{
    private const string Format = "{Run}: {Text}";

    public int Count => fields.Length + 3;

    public KeyValuePair<string, object?> this[int index] => index switch
    {
        0 => new("Run", run),
        _ when index <= fields.Length => fields[index - 1],
        _ when index == fields.Length + 1 => new("Text", text),
        _ when index == fields.Length + 2 => new("{OriginalFormat}", Format),
        _ => throw new ArgumentOutOfRangeException(nameof(index), index, $"The line has {Count} values."),
    };

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => $"{run}: {text}";
}
