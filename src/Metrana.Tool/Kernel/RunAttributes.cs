using Metrana.Server;

namespace Metrana.Tool.Kernel;

/// <summary>Values of attributes, as people and as programs read them.</summary>
internal static class RunAttributes
{
    public const string Config = "config/";

    public static string Text(StoredValue value) => value switch
    {
        StoredValue.Flag flag => flag.Value ? "true" : "false",
        StoredValue.WholeNumber whole => Figures.Plain(whole.Value),
        StoredValue.Number number => Figures.Exact(number.Value),
        StoredValue.Text text => text.Value,
        StoredValue.TextSet set => string.Join(", ", set.Value),
        StoredValue.Timestamp moment => Figures.Moment(moment.Millis).ToString("O"),
        _ => "null",
    };

    public static object? Json(StoredValue value) => value switch
    {
        StoredValue.Flag flag => flag.Value,
        StoredValue.WholeNumber whole => whole.Value,
        StoredValue.Number number => number.Value,
        StoredValue.Text text => text.Value,
        StoredValue.TextSet set => set.Value,
        StoredValue.Timestamp moment => Figures.Moment(moment.Millis),
        _ => null,
    };

    public static IOrderedEnumerable<KeyValuePair<string, StoredValue>> Ordered(IReadOnlyDictionary<string, StoredValue> attributes) =>
        attributes.OrderBy(pair => pair.Key, StringComparer.Ordinal);
}
