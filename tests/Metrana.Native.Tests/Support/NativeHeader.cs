using System.Globalization;
using System.Text.RegularExpressions;

namespace Metrana.Native.Tests.Support;

/// <summary>metrana.h, as far as it says what crosses the border.</summary>
internal static partial class NativeHeader
{
    private static readonly string _text = Comments().Replace(Sources.Read("native", "metrana-capi", "include", "metrana.h"), "");

    /// <summary>The values of an enumeration, by the part of their names that is their own, such as <c>QUEUE_FULL</c>.</summary>
    public static IReadOnlyDictionary<string, int> Enumeration(string name)
    {
        Match body = Regex.Match(_text, $@"\benum {name}\b[^{{]*\{{(?<body>[^}}]*)\}}", RegexOptions.Singleline);
        body.Success.Should().BeTrue($"the header has an enumeration {name}");
        return EnumValue().Matches(body.Groups["body"].Value).ToDictionary(
            value => value.Groups["name"].Value[(name.Length + 1)..],
            value => int.Parse(value.Groups["number"].Value, CultureInfo.InvariantCulture));
    }

    /// <summary>The fields of a structure in their order: name, C type, and how many of them.</summary>
    public static IReadOnlyList<(string Name, string Type, int Count)> Structure(string name)
    {
        Match body = Regex.Match(_text, $@"\btypedef struct\s*\{{(?<body>[^}}]*)\}}\s*{name};", RegexOptions.Singleline);
        body.Success.Should().BeTrue($"the header has a structure {name}");
        return [.. Field().Matches(body.Groups["body"].Value).Select(field => (
            field.Groups["name"].Value,
            Regex.Replace(field.Groups["type"].Value, @"\s+", " ").Trim(),
            field.Groups["count"].Success ? int.Parse(field.Groups["count"].Value, CultureInfo.InvariantCulture) : 1))];
    }

    /// <summary>Every function that the library exports.</summary>
    public static IReadOnlySet<string> Functions() =>
        Function().Matches(_text).Select(function => function.Groups["name"].Value).ToHashSet();

    [GeneratedRegex(@"/\*.*?\*/|//[^\n]*|^\s*#[^\n]*$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Comments();

    [GeneratedRegex(@"(?<name>METRANA_\w+)\s*=\s*(?<number>-?\d+)")]
    private static partial Regex EnumValue();

    [GeneratedRegex(@"(?<type>[\w\s\*]+?[\s\*])(?<name>\w+)(\[(?<count>\d+)\])?\s*;")]
    private static partial Regex Field();

    [GeneratedRegex(@"\b(?<name>metrana_\w+)\s*\(")]
    private static partial Regex Function();
}
