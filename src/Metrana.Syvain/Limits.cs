namespace Metrana.Syvain;

/// <summary>
/// What the service takes. It is checked at the call, where the mistake is: an item that the service refuses would be found only
/// after it was queued, together with others.
/// </summary>
internal static class Limits
{
    public const int BatchItems = 1000;

    private const int NameLength = 500;
    private const int AnnotationLength = 16_000;
    private const int SlugLength = 200;
    private const int DescriptionLength = 4000;
    private const int ErrorNameLength = 500;
    private const int ErrorDetailLength = 8000;

    public static void CheckName(string name) => CheckLength(name, 1, NameLength, "The name of a metric", nameof(name));

    public static void CheckAnnotation(string text) => CheckLength(text, 1, AnnotationLength, "An annotation", nameof(text));

    public static void CheckSlug(string slug) => CheckLength(slug, 1, SlugLength, "A slug", nameof(slug));

    public static void CheckDescription(string description) =>
        CheckLength(description, 0, DescriptionLength, "A description", nameof(description));

    public static void CheckStep(long? step)
    {
        if (step < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(step), step, "A step is 0 or more, or null where there is none.");
        }
    }

    public static string CutDescription(string description) => Cut(description, DescriptionLength);

    /// <summary>An annotation says something, even where there is nothing to say.</summary>
    public static string CutAnnotation(string text) => text.Length == 0 ? "(empty)" : Cut(text, AnnotationLength);

    public static string CutErrorName(string name) => Cut(name, ErrorNameLength);

    /// <summary>The end of a stack trace is where the program began: the beginning says more.</summary>
    public static string CutErrorDetail(string detail) => Cut(detail, ErrorDetailLength);

    private static void CheckLength(string text, int least, int most, string what, string parameter)
    {
        ArgumentNullException.ThrowIfNull(text, parameter);
        int length = Length(text);
        if (length < least || length > most)
        {
            throw new ArgumentException($"{what} has {least} to {most} characters, and this one has {length}.", parameter);
        }
    }

    /// <summary>Characters as the service counts them: one for each code point.</summary>
    private static int Length(string text)
    {
        int length = 0;
        foreach (System.Text.Rune _ in text.EnumerateRunes())
        {
            length++;
        }

        return length;
    }

    private static string Cut(string text, int most)
    {
        if (text.Length <= most)
        {
            return text;
        }

        return char.IsHighSurrogate(text[most - 1]) ? text[..(most - 1)] : text[..most];
    }
}
