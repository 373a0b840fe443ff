using System.Globalization;
using System.Text;

namespace Metrana.Tool.Kernel;

/// <summary>
/// Text of a run for a terminal. A name may hold anything, also what would move the cursor, change colours or turn the line
/// around: such characters are shown as a sign.
/// </summary>
internal static class Plain
{
    private const char Sign = '\uFFFD';

    /// <summary>One line.</summary>
    public static string Line(string text) => Clean(text, keepLines: false);

    /// <summary>Several lines.</summary>
    public static string Text(string text) => Clean(text, keepLines: true);

    private static string Clean(string text, bool keepLines)
    {
        if (!text.Any(letter => IsUnsafe(letter)))
        {
            return text;
        }

        var clean = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            clean.Append(letter switch
            {
                '\n' when keepLines => letter,
                '\n' or '\t' => ' ',
                '\r' => ' ',
                _ when IsUnsafe(letter) => Sign,
                _ => letter,
            });
        }

        return clean.ToString();
    }

    private static bool IsUnsafe(char letter) =>
        char.IsControl(letter) || char.GetUnicodeCategory(letter) is UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator;
}
