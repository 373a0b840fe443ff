using System.Text.RegularExpressions;

namespace Metrana.Player.Tests.Parity;

/// <summary>
/// Reads the native tests' sources for what they say that they prove, in lines of the form <c>// Parity: id: word, word</c>
/// above the function.
/// </summary>
internal static partial class RustProofs
{
    public static IEnumerable<ParityProof> Read()
    {
        var native = Path.Combine(Checkout.Root, "native");
        return Directory.EnumerateFiles(native, "*.rs", SearchOption.AllDirectories).SelectMany(file =>
        {
            // crate/src/a/b.rs is the module a::b, crate/tests/a.rs the module a.
            var parts = Path.ChangeExtension(Path.GetRelativePath(native, file), null).Split(Path.DirectorySeparatorChar);
            return Of(parts[0], string.Join("::", parts[2..]), File.ReadAllText(file));
        });
    }

    public static IEnumerable<ParityProof> Of(string crate, string module, string source)
    {
        var functions = Function().Matches(source).ToLookup(function => function.Groups["name"].Value, function => function.Value);
        return Claimed().Matches(source).SelectMany(function =>
        {
            var name = function.Groups["name"].Value;
            var text = TextOf(name, functions);
            var isTest = TestAttribute().IsMatch(function.Value);
            return Claim().Matches(function.Value).Select(claim => new ParityProof(
                $"cargo: {crate} {module}::{name}", isTest, claim.Groups["id"].Value, claim.Groups["words"].Value.Split(", "), text));
        });
    }

    /// <summary>The function, and each function of its file that it uses, and that those use.</summary>
    private static string TextOf(string name, ILookup<string, string> functions)
    {
        var seen = new HashSet<string> { name };
        var open = new Queue<string>(seen);
        var texts = new List<string>();
        while (open.TryDequeue(out var next))
        {
            var text = string.Join('\n', functions[next]);
            texts.Add(text);
            foreach (var used in Word().Matches(text).Select(word => word.Value).Where(word => functions.Contains(word) && seen.Add(word)))
            {
                open.Enqueue(used);
            }
        }

        return string.Join('\n', texts);
    }

    [GeneratedRegex(@"^(?<indent> *)(pub(\([a-z]+\))? )?(async )?fn (?<name>\w+)[(<].*?^\k<indent>\}", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Function();

    [GeneratedRegex(@"^ *// Parity: [^\n]*\n( *(//|#\[)[^\n]*\n)* *(async )?fn (?<name>\w+)\(", RegexOptions.Multiline)]
    private static partial Regex Claimed();

    [GeneratedRegex(@"^ *// Parity: (?<id>[^:\s]+): (?<words>[^\n]+)$", RegexOptions.Multiline)]
    private static partial Regex Claim();

    [GeneratedRegex(@"^ *#\[(tokio::)?test\b", RegexOptions.Multiline)]
    private static partial Regex TestAttribute();

    [GeneratedRegex(@"\b[a-z_]\w*\b")]
    private static partial Regex Word();
}
