using System.Globalization;
using System.Text.RegularExpressions;

namespace Metrana.Native.Interop;

/// <summary>
/// What the engine says, in the words of a C# program. The engine speaks as the published one does, and names options that do
/// not exist here; this is the one table of that, by status.
/// </summary>
internal static partial class Wording
{
    private static readonly (MetranaStatus Status, string Engine, string Ours)[] _phrases =
    [
        (MetranaStatus.Validation,
            "distributed logging requires explicit steps (StepInput::From or StepInput::Explicit)",
            "this series is distributed, so it needs its steps: pass 'steps', Steps.From(first) or one for each value"),
        (MetranaStatus.Validation,
            "CountStepsAcrossRlSteps requires explicit env steps",
            "StepStrategy.AcrossRlSteps needs the environment steps: pass 'steps', the first one or one for each value"),
        (MetranaStatus.Validation,
            "CountStepsAcrossRlSteps requires ordered logging",
            "StepStrategy.AcrossRlSteps needs an ordered series: leave out 'ordered: false'"),
        (MetranaStatus.Validation,
            "env steps from one require ordered logging",
            "StepStrategy.FromOne needs an ordered series: leave out 'ordered: false'"),
        (MetranaStatus.Validation,
            "env steps from one require episodes",
            "StepStrategy.FromOne needs episodes: pass 'episodes'"),
        (MetranaStatus.Validation, "invalid metric name: metric_name", "invalid metric name: the name"),
        (MetranaStatus.Validation, "stats: sum_of_squares", "stats: SumOfSquares"),
        (MetranaStatus.Validation, "invalid title: x_title", "invalid title: AxisTitles.X"),
        (MetranaStatus.Validation, "invalid title: y_title", "invalid title: AxisTitles.Y"),
        (MetranaStatus.Validation, "invalid title: z_title", "invalid title: AxisTitles.Z"),
        (MetranaStatus.Validation, "z_title needs points", "AxisTitles.Z needs points"),
    ];

    private static readonly (MetranaStatus Status, Regex Engine, MatchEvaluator Ours)[] _patterns =
    [
        (MetranaStatus.Validation, Counts(), static match =>
            $"{Number(match, "values", "value")} came with {Number(match, "given", match.Groups["what"].Value.TrimEnd('s'))}: "
                + (match.Groups["what"].Value == "steps"
                    ? "give one step for each value, or Steps.From(first)"
                    : "give one for each value, or one for all")),
        (MetranaStatus.Validation, LabelKeys(), static match => match.Value + "; use the same keys, or another metric name"),
        (MetranaStatus.Validation, BadCharacter(), AllBadCharacters),
        (MetranaStatus.OrchestrationIdMismatch, Taken(), RemedyFirst),
        (MetranaStatus.RunAlreadyExists, Taken(), RemedyFirst),
    ];

    /// <summary>What no name may hold beside blanks and control characters; the engine's own table is names/validate.rs.</summary>
    private const string Reserved = "()[],=<>!~\"|";

    private const string ReservedByUrls = "/\\?#%";

    /// <summary>The same of the values of labels and of titles, which may hold blanks.</summary>
    private const string ReservedInTexts = "=&";

    /// <summary>The rows of the table, for the test that each is met.</summary>
    internal static IEnumerable<string> EngineWords => _phrases.Select(phrase => phrase.Engine);

    /// <summary>A message as a C# program should read it.</summary>
    public static string Of(MetranaStatus status, string message)
    {
        foreach ((_, string engine, string ours) in _phrases.Where(phrase => phrase.Status == status))
        {
            message = message.Replace(engine, ours, StringComparison.Ordinal);
        }

        foreach ((_, Regex engine, MatchEvaluator ours) in _patterns.Where(pattern => pattern.Status == status))
        {
            message = engine.Replace(message, ours, 1);
        }

        // A refusal repeats what the caller wrote, and that stays as it is.
        return status == MetranaStatus.Validation ? message : OfLine(message);
    }

    /// <summary>The same of a line that belongs to no call: durations as people write them.</summary>
    public static string OfLine(string message) =>
        Duration().Replace(message, static match => $"{match.Groups["word"].Value} {Milliseconds(match)}");

    /// <summary>The engine names the first character that a name must not hold. Who mends a name wants to know all of them.</summary>
    private static string AllBadCharacters(Match match)
    {
        string field = match.Groups["field"].Value;
        bool isText = match.Groups["kind"].Value is "control" or "reserved or control" || field.StartsWith("label value", StringComparison.Ordinal);
        string reserved = isText
            ? ReservedInTexts
            : Reserved + (field == "environment" ? ReservedByUrls : "") + (field == "label key" ? "&" : "");
        char[] bad =
        [
            .. match.Groups["value"].Value
                .Where(letter => char.IsControl(letter) || (!isText && char.IsWhiteSpace(letter)) || reserved.Contains(letter, StringComparison.Ordinal))
                .Distinct(),
        ];
        if (bad.Length < 2)
        {
            return match.Value;
        }

        string[] quoted = [.. bad.Select(letter => char.IsControl(letter) ? $"'\\u{(int)letter:x4}'" : $"'{letter}'")];
        return $"{match.Groups["what"].Value}: {field} contains characters that are not allowed, "
            + $"{string.Join(", ", quoted[..^1])} and {quoted[^1]}: '{match.Groups["value"].Value}'";
    }

    /// <summary>Most who meet a taken name have never heard of an orchestration id. They read what to do first.</summary>
    private static string RemedyFirst(Match match) =>
        $"{match.Groups["run"].Value} already exists: choose another run name, or continue it with ResumeStrategy.Allow. "
            + (match.Groups["theirs"].Success
                ? $"It belongs to another job: its OrchestrationId is {match.Groups["theirs"].Value}, this job's is {match.Groups["ours"].Value}"
                : match.Groups["none"].Success
                    ? "It belongs to another job, or to an earlier start of this one; the processes of a job share a run by the same OrchestrationId"
                    : "It has no OrchestrationId that would show that it belongs to this job");

    /// <summary>A number of things, which may be one.</summary>
    public static string Count(long number, string what) => number == 1 ? $"1 {what}" : $"{number} {what}s";

    /// <summary>A text that another sentence follows.</summary>
    public static string Sentence(string text) => text is [.., '.' or '?' or '!'] ? text : $"{text}.";

    private static string Number(Match match, string group, string what) =>
        Count(long.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture), what);

    /// <summary>Rust writes a duration in its largest unit, with a fraction.</summary>
    private static string Milliseconds(Match match)
    {
        double number = double.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture);
        double milliseconds = match.Groups["unit"].Value switch
        {
            "s" => number * 1e3,
            "ms" => number,
            "ns" => number / 1e6,
            _ => number / 1e3,
        };
        return milliseconds >= 1000
            ? string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1000:0.###} s")
            : string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0.###} ms");
    }

    [GeneratedRegex("Number of (?<what>[a-z]+) is incorrect: for (?<given>[0-9]+) [a-z]+ and (?<values>[0-9]+) values", RegexOptions.CultureInvariant)]
    private static partial Regex Counts();

    [GeneratedRegex(@"label keys \[.*\] do not match the already-declared \[.*\]", RegexOptions.CultureInvariant)]
    private static partial Regex LabelKeys();

    [GeneratedRegex(
        @"^(?<what>invalid [a-z ]+): (?<field>.+?) contains (?<kind>whitespace or control|reserved or control|URL-reserved|reserved|control) character '.+?': '(?<value>.*)'(?=\. Reserved|\z)",
        RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex BadCharacter();

    [GeneratedRegex(
        @"^(?<run>run '.*') already exists and [a-z ]+ \((its orchestration identifier is (?<theirs>'.*'), this job's is (?<ours>'.*')|(?<none>it has an orchestration identifier, but this logger was given none)|it carries no orchestration identifier)\); choose another run name, or resume it with ResumeStrategy Allow",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.Singleline)]
    private static partial Regex Taken();

    [GeneratedRegex(@"\b(?<word>within|for|of|in) (?<number>[0-9]+(\.[0-9]+)?)(?<unit>ns|µs|ms|s)\b", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Duration();
}
