using System.Text.RegularExpressions;

namespace Metrana.Player.Tests.Parity;

/// <summary>A row of docs/parity.md, docs/parity-client.md, docs/parity-telemetry.md or docs/failures.md.</summary>
/// <param name="Table">The heading above it.</param>
/// <param name="Id">What tests call it by.</param>
/// <param name="Published">What the published packages have, or what the other systems promise.</param>
/// <param name="Ours">What it is called here.</param>
/// <param name="Text">All cells between the id and the proof.</param>
/// <param name="IsLater">Whether it is not built yet.</param>
/// <param name="Tests">The tests that it names as its proof; null in docs/failures.md, which is for users and names none.</param>
internal sealed record ParityRow(
    string Table, string Id, string Published, string Ours, string Text, bool IsLater, IReadOnlyList<string>? Tests);

/// <summary>Reads the tables of the documents that tell what is as it is elsewhere.</summary>
internal static partial class ParityTable
{
    /// <summary>The published engines.</summary>
    public const string Engines = "parity.md";

    /// <summary>The published client.</summary>
    public const string Client = "parity-client.md";

    /// <summary>The other systems that users of the library live with.</summary>
    public const string Telemetry = "parity-telemetry.md";

    /// <summary>What happens when something fails.</summary>
    private const string Failures = "failures.md";

    public static IReadOnlyList<ParityRow> Read(string document) => [.. Rows(File.ReadLines(Path.Combine(Checkout.Root, "docs", document)))];

    /// <summary>The rows of docs/failures.md, where an anchor is the id: links lead to a row by it, and readers do not see it.</summary>
    public static IReadOnlyList<ParityRow> ReadFailures() => [.. FailuresIn(File.ReadLines(Path.Combine(Checkout.Root, "docs", Failures)))];

    /// <summary>The rows; the id of one without an anchor is empty, which no test proves.</summary>
    public static IEnumerable<ParityRow> FailuresIn(IEnumerable<string> lines) =>
        lines.Select(line => Failure().Match(line)).Where(row => row.Success).Skip(1).Select(row => new ParityRow(
            Failures, $"failures/{row.Groups["id"].Value}", "", "", row.Groups["text"].Value, IsLater: false, Tests: null));

    private static IEnumerable<ParityRow> Rows(IEnumerable<string> lines)
    {
        var table = "";
        foreach (var line in lines)
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
            {
                table = line[3..];
            }
            else if (line.StartsWith("| ", StringComparison.Ordinal) && !line.EndsWith("| proof |", StringComparison.Ordinal))
            {
                string[] cells = [.. Cell().Split(line).Select(cell => cell.Trim())];
                var proof = cells[^2];
                yield return new ParityRow(
                    table,
                    cells[1].Trim('`'),
                    cells[2],
                    cells[^3],
                    string.Join(" | ", cells[2..^2]),
                    proof == "later",
                    [.. Code().Matches(proof).Select(code => code.Groups["code"].Value)]);
            }
        }
    }

    [GeneratedRegex(@"^\| (<a id=""(?<id>[a-z-]+)""></a>)?(?<text>.*) \|$")]
    private static partial Regex Failure();

    [GeneratedRegex(@"(?<!\\)\|")]
    private static partial Regex Cell();

    [GeneratedRegex("`(?<code>[^`]+)`")]
    private static partial Regex Code();
}
