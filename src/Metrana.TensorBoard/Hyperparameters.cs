using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Metrana.Mirrors;
using Metrana.TensorBoard.EventFiles;
using Metrana.TensorBoard.Protocol;

namespace Metrana.TensorBoard;

/// <summary>The configuration of a run as the page for hyperparameters has it, and as text.</summary>
internal static class Hyperparameters
{
    private const string Prefix = "config/";

    /// <summary>The configuration among attributes, by its paths within it.</summary>
    public static IEnumerable<KeyValuePair<string, object?>> In(AttributesRecord attributes) => attributes.Values
        .Where(one => one.Key.StartsWith(Prefix, StringComparison.Ordinal))
        .Select(one => KeyValuePair.Create(one.Key[Prefix.Length..], one.Value));

    public static HParamsPluginData Start(MirroredRun run, IReadOnlyDictionary<string, object?> config)
    {
        SessionStartInfo info = new() { StartTimeSecs = EventFile.Seconds(run.StartedAt), MonitorUrl = run.Url ?? "", GroupName = run.Experiment ?? "" };
        foreach ((string path, object? value) in config)
        {
            info.Hparams[path] = ValueOf(value);
        }

        return new() { SessionStartInfo = info };
    }

    public static HParamsPluginData End(MirroredEnd ended) => new()
    {
        SessionEndInfo = new()
        {
            EndTimeSecs = EventFile.Seconds(ended.Time),
            Status = ended.Outcome switch
            {
                RunOutcome.Finished => Status.Success,
                RunOutcome.Running => Status.Running,
                _ => Status.Failure,
            },
        },
    };

    /// <summary>Attributes as a table.</summary>
    public static string Table(IEnumerable<KeyValuePair<string, object?>> values) =>
        $"| | |\n|---|---|\n{string.Join('\n', values.Select(one => $"| {Cell(one.Key)} | {Cell(Text(one.Value))} |"))}";

    public static string Text(object? value) => value switch
    {
        null => "",
        DateTime or DateTimeOffset => ((IFormattable)value).ToString("O", CultureInfo.InvariantCulture),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    /// <summary>The page takes numbers, truths and texts, and no number that is none.</summary>
    private static Value ValueOf(object? value) => value switch
    {
        bool truth => Value.ForBool(truth),
        sbyte or byte or short or ushort or int or uint or long or ulong or float or double or decimal
            when Convert.ToDouble(value, CultureInfo.InvariantCulture) is var number && double.IsFinite(number) => Value.ForNumber(number),
        _ => Value.ForString(Text(value)),
    };

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).Replace('\n', ' ').Replace('\r', ' ');
}
