using System.Collections.Concurrent;

namespace Metrana.Native;

/// <summary>A scale that is probably a slip.</summary>
/// <param name="Scale">Its name.</param>
/// <param name="Near">The name that was probably meant, if there is one.</param>
/// <param name="Text">The same for a person.</param>
internal sealed record DoubtfulScale(string Scale, string? Near, string Text);

/// <summary>
/// Finds scales whose name is nearly that of another, each of them once: <c>EPOCHS</c> beside <c>EPOCH</c> is a scale of its own, and
/// the points that a person looks for are in the other one. It is asked when a series is named, not by calls through a handle or
/// of a series that is known by now.
/// </summary>
internal sealed class ScaleWatch
{
    /// <summary>A scale that changes with every call must not fill the memory.</summary>
    private const int Most = 1000;

    private static readonly string[] _usual = [Scale.MlStep.Name, Scale.Episode.Name, Scale.EnvironmentStep.Name, "EPOCH"];

    private readonly ConcurrentDictionary<string, bool> _seen = new(StringComparer.Ordinal);

    /// <summary>The one asked about last: a loop names the same one again and again.</summary>
    private string? _last;

    /// <summary>What is wrong with a scale that was not seen before; null if nothing is.</summary>
    public DoubtfulScale? Look(Scale scale)
    {
        string name = scale.Name;
        if (ReferenceEquals(name, _last))
        {
            return null;
        }

        _last = name;
        return !_seen.ContainsKey(name) && _seen.Count < Most && _seen.TryAdd(name, true) ? Judge(name) : null;
    }

    /// <summary>
    /// Whether one name is the other but for case, punctuation or a plural, or for one letter that is missing or two that are swapped.
    /// Names that differ in a number or in one letter's place are mostly meant: <c>LEVEL_1</c>, <c>LEVEL_2</c>.
    /// </summary>
    internal static bool AreNear(string one, string other)
    {
        (string a, string b) = (Plain(one), Plain(other));
        return (a == b && a.Length > 0)
            || (Math.Min(a.Length, b.Length) >= 4 && a.Where(char.IsDigit).SequenceEqual(b.Where(char.IsDigit)) && IsOneSlip(a, b));
    }

    private DoubtfulScale? Judge(string name)
    {
        if (name.Length == 0)
        {
            return new DoubtfulScale(name, null, "a series has the empty text as its scale: name what its steps count, such as ML_STEP.");
        }

        if (_usual.Contains(name) || _usual.Concat(_seen.Keys).FirstOrDefault(other => other != name && AreNear(name, other)) is not { } near)
        {
            return null;
        }

        string whose = _usual.Contains(near) ? "which is the usual name" : "which this run uses too";
        return new DoubtfulScale(
            name, near, $"the scale '{name}' is not '{near}', {whose}, and makes series of its own. Write '{near}' if that is meant.");
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
