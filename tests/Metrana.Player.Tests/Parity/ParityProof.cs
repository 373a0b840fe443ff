namespace Metrana.Player.Tests.Parity;

/// <summary>What a test says that it proves.</summary>
/// <param name="Test">The test, as docs/parity.md names it.</param>
/// <param name="IsTest">Whether it is one, and not a method that nobody runs.</param>
/// <param name="Id">The row's id.</param>
/// <param name="Words">The row's words that the test has too.</param>
/// <param name="Text">The test: its data, its code, and what it uses of its own class or file.</param>
internal sealed record ParityProof(string Test, bool IsTest, string Id, IReadOnlyList<string> Words, string Text);

/// <summary>Holds rows and proofs against each other.</summary>
internal static class ParityCheck
{
    public static IEnumerable<string> Breaches(IReadOnlyCollection<ParityRow> rows, IReadOnlyCollection<ParityProof> proofs)
    {
        var byId = rows.ToLookup(row => row.Id);
        foreach (var twice in byId.Where(row => row.Count() > 1))
        {
            yield return $"{twice.Key}: {twice.Count()} rows have this id";
        }

        foreach (var row in rows)
        {
            var proving = proofs.Where(proof => proof.Id == row.Id).Select(proof => proof.Test).ToHashSet();
            if (row.IsLater == proving.Count > 0)
            {
                yield return row.IsLater ? $"{row.Id}: is built later, and yet there is a test" : $"{row.Id}: no test says that it proves it";
            }

            if (row.Tests is not { } named)
            {
                continue;
            }

            foreach (var test in named.Except(proving))
            {
                yield return $"{row.Id}: {test} does not say that it proves it";
            }

            foreach (var test in proving.Except(named))
            {
                yield return $"{row.Id}: the row does not name {test}";
            }
        }

        foreach (var proof in proofs)
        {
            if (byId[proof.Id].FirstOrDefault() is not { } row)
            {
                yield return $"{proof.Test}: there is no row '{proof.Id}'";
                continue;
            }

            if (!proof.IsTest)
            {
                yield return $"{proof.Test}: is no test";
            }

            if (proof.Words.Count == 0)
            {
                yield return $"{proof.Test}: has no word of '{proof.Id}'";
            }

            foreach (var word in proof.Words)
            {
                if (!Has(row.Text, word))
                {
                    yield return $"{proof.Test}: the row '{proof.Id}' does not say '{word}'";
                }

                if (!Has(proof.Text, word))
                {
                    yield return $"{proof.Test}: nothing in it says '{word}' of '{proof.Id}'";
                }
            }
        }
    }

    /// <summary>Names are spelled in three ways: log_std_floats, LogStdFloats, and as words of a test's name.</summary>
    private static bool Has(string text, string word) => Plain(word) is { Length: > 0 } plain && Plain(text).Contains(plain, StringComparison.Ordinal);

    private static string Plain(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c) && c is not ('_' or '`'))).ToUpperInvariant();
}
