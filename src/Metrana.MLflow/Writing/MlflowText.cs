using System.Globalization;

namespace Metrana.MLflow.Writing;

/// <summary>Values of parameters and tags, which are texts.</summary>
internal static class MlflowText
{
    public const int LongestParameter = 6000;
    public const int LongestTag = 5000;

    public static string Of(object? value, int longest) => Cut(
        value switch
        {
            null => "",
            bool truth => truth ? "true" : "false",
            DateTime moment => moment.ToString("O", CultureInfo.InvariantCulture),
            DateTimeOffset moment => moment.ToString("O", CultureInfo.InvariantCulture),
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString() ?? "",
        },
        longest);

    /// <summary>Half a character would make the whole text unreadable.</summary>
    private static string Cut(string text, int longest) =>
        text.Length <= longest ? text : text[..(char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest)];
}
