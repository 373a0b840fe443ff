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
