using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Metrana.Native;

/// <summary>An address as it may be shown: of one that holds more than a host, or is none at all, the rest may be a key.</summary>
internal sealed partial class EndpointText : JsonConverter<string>
{
    public static string ToShow(string? endpoint)
    {
        if (string.IsNullOrEmpty(endpoint))
        {
            return "";
        }

        // What stands before an at sign is a user and a password, and behind a slash or a question mark anything may stand.
        int at = endpoint.LastIndexOf('@');
        Match address = Address().Match(at < 0 ? endpoint : endpoint[(at + 1)..]);
        if (!address.Success)
        {
            return $"(a text of {endpoint.Length} characters that is not an address, and is not shown because it may be a key)";
        }

        string shown = address.Groups["host"].Value;
        string rest = address.Groups["rest"].Value;
        return (at < 0 ? shown : "...@" + shown) + (rest is "" or "/" ? rest : rest[..1] + "...");
    }

    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString();

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(ToShow(value));

    /// <summary>Names of hosts are written small and have a dot or a port; a key has neither, or capital letters.</summary>
    [GeneratedRegex(@"^(?<host>([a-zA-Z][a-zA-Z0-9+.-]*://[A-Za-z0-9.\-_\[\]:]+|[a-z0-9.-]{1,64}:[0-9]{1,5}|[a-z0-9-]{1,32}(\.[a-z0-9-]{1,32}){1,4}|localhost|host))(?<rest>([/?#].*)?)$", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Address();
}
