namespace Metrana.Native;

/// <summary>Takes <c>key=value;key="a;b"</c> apart.</summary>
internal static class ConnectionString
{
    /// <summary>
    /// The pairs, in their order, with the characters that they begin at, counted from 1. What is no pair is a problem, told
    /// by its place and without what it says.
    /// </summary>
    public static List<(string Key, string Value, int At)> Split(string text, List<string> problems)
    {
        List<(string Key, string Value, int At)> pairs = [];
        int at = 0;
        while (at < text.Length)
        {
            int start = at;
            int equals = text.AsSpan(at).IndexOfAny('=', ';');
            if (equals < 0 || text[at + equals] == ';')
            {
                int end = equals < 0 ? text.Length : at + equals;
                if (!text.AsSpan(start, end - start).IsWhiteSpace())
                {
                    problems.Add($"at character {start + 1} there is no key=value (a value with a semicolon needs quotes)");
                }

                at = end + 1;
                continue;
            }

            string key = text.Substring(at, equals).Trim();
            at += equals + 1;
            if (Value(text, ref at) is { } value)
            {
                pairs.Add((key, value, start + 1));
            }
            else
            {
                problems.Add($"at character {start + 1} the value's quotes are not closed, or text follows them");
            }
        }

        return pairs;
    }

    /// <summary>
    /// What to say of a key that is no setting. Not the key itself: with a quote out of place it may be a part of a secret.
    /// </summary>
    public static string Unknown(string key, int at, IEnumerable<string> settings)
    {
        string[] known = [.. settings.Order(StringComparer.Ordinal)];
        string? near = known.FirstOrDefault(name => IsNear(key, name));
        return $"at character {at} no setting has this name; "
            + (near is null ? $"the settings are {string.Join(", ", known)}" : $"did you mean {near}?");
    }

    /// <exception cref="FormatException">There are any.</exception>
    public static void ThrowIfAny(List<string> problems)
    {
        if (problems.Count > 0)
        {
            throw new FormatException($"The connection string cannot be read: {string.Join("; ", problems)}");
        }
    }

    /// <summary>Whether one name is the other but for case and punctuation, or for one or two letters.</summary>
    private static bool IsNear(string key, string name)
    {
        string given = string.Concat(key.Where(char.IsLetterOrDigit)).ToUpperInvariant();
        string known = name.ToUpperInvariant();
        return Math.Abs(given.Length - known.Length) <= 2 && Distance(given, known) <= (known.Length < 6 ? 1 : 2);
    }

    /// <summary>How many letters have to be put in, taken out or changed.</summary>
    private static int Distance(string one, string other)
    {
        int[] row = [.. Enumerable.Range(0, other.Length + 1)];
        for (int i = 0; i < one.Length; i++)
        {
            int before = row[0];
            row[0] = i + 1;
            for (int j = 0; j < other.Length; j++)
            {
                int changed = before + (one[i] == other[j] ? 0 : 1);
                before = row[j + 1];
                row[j + 1] = Math.Min(changed, Math.Min(row[j], row[j + 1]) + 1);
            }
        }

        return row[^1];
    }

    /// <summary>The value at a place, and the place behind its semicolon. Null when its quotes are wrong.</summary>
    private static string? Value(string text, ref int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
        {
            at++;
        }

        int end;
        if (at == text.Length || text[at] is not ('"' or '\''))
        {
            int length = text.AsSpan(at).IndexOf(';');
            end = length < 0 ? text.Length : at + length;
            string plain = text[at..end].Trim();
            at = end + 1;
            return plain;
        }

        char quote = text[at];
        int first = at + 1;
        int last = first;
        while (last < text.Length && (text[last] != quote || (last + 1 < text.Length && text[last + 1] == quote)))
        {
            last += text[last] == quote ? 2 : 1;
        }

        int next = last < text.Length ? text.IndexOf(';', last) : -1;
        end = next < 0 ? text.Length : next;
        at = end + 1;
        return last < text.Length && text.AsSpan(last + 1, end - last - 1).IsWhiteSpace()
            ? text[first..last].Replace(new string(quote, 2), quote.ToString(), StringComparison.Ordinal)
            : null;
    }
}
