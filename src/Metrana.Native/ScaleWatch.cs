using System.Collections.Concurrent;

namespace Metrana;

/// <summary>
/// Warns once of a scale whose name is nearly that of another: <c>EPOCHS</c> beside <c>EPOCH</c> is a scale of its own, and the
/// points that a person looks for are in the other one.
/// </summary>
internal sealed class ScaleWatch(RunConsole console)
{
    /// <summary>A scale that changes with every call must not fill the memory.</summary>
    private const int Most = 1000;

    private static readonly string[] _usual = [Scale.MlStep, Scale.Episode, Scale.EnvironmentStep, "EPOCH"];

    private readonly ConcurrentDictionary<string, bool> _seen = new(StringComparer.Ordinal);

    public void Note(Native.Scale scale)
    {
        // The usual ones were made once and are right.
        if (scale.Utf8 is null && !_seen.ContainsKey(scale.Name) && _seen.Count < Most && _seen.TryAdd(scale.Name, true))
        {
            Look(scale.Name);
        }
    }

    /// <summary>
    /// Whether one name is the other but for case, punctuation or a plural, or for one letter that is missing or two that are swapped.
    /// Names that differ in a number or in one letter's place are mostly meant: <c>LEVEL_1</c>, <c>LEVEL_2</c>.
    /// </summary>
    internal static bool AreNear(string one, string other)
    {
        (string a, string b) = (Plain(one), Plain(other));
        return a == b || (Math.Min(a.Length, b.Length) >= 4 && a.Where(char.IsDigit).SequenceEqual(b.Where(char.IsDigit)) && IsOneSlip(a, b));
    }

    private void Look(string name)
    {
        if (name.Length == 0)
        {
            console.Warn("a series has the empty text as its scale. Leave the scale out for ML_STEP, or name what its steps count.");
        }
        else if (!_usual.Contains(name) && _usual.Concat(_seen.Keys).FirstOrDefault(other => other != name && AreNear(name, other)) is { } near)
        {
            string whose = _usual.Contains(near) ? "which is the usual name" : "which this run uses too";
            console.Warn($"the scale '{name}' is not '{near}', {whose}, and makes series of its own. Write '{near}' if that is meant.");
        }
    }

    private static string Plain(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToUpperInvariant().TrimEnd('S');

    private static bool IsOneSlip(string a, string b)
    {
        (string shorter, string longer) = a.Length <= b.Length ? (a, b) : (b, a);
        int at = shorter.AsSpan().CommonPrefixLength(longer);
        return longer.Length - shorter.Length == 1
            ? shorter[at..] == longer[(at + 1)..]
            : longer.Length == shorter.Length && at + 1 < a.Length && a[at] == b[at + 1] && a[at + 1] == b[at] && a[(at + 2)..] == b[(at + 2)..];
    }
}
