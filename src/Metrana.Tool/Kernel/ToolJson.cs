using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Metrana.Tool.Kernel;

/// <summary>
/// The JSON of all commands: names with underscores, numbers as numbers, NaN and the infinities as texts, moments as ISO 8601.
/// </summary>
internal static class ToolJson
{
    private static readonly JsonSerializerOptions _line = Make(indented: false);
    private static readonly JsonSerializerOptions _indented = Make(indented: true);

    public static string Write(object value, bool indented = false) => JsonSerializer.Serialize(value, indented ? _indented : _line);

    /// <summary>A choice as it stands in JSON.</summary>
    public static string Name(Enum value) => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    private static JsonSerializerOptions Make(bool indented) => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        WriteIndented = indented,
        // It is read by programs and people, not pasted into a page; control characters are escaped all the same.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };
}
