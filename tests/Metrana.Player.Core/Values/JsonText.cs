using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Metrana.Player.Values;

/// <summary>Reads JSON text as it is written, half a surrogate pair included: refusing that is the API's part.</summary>
internal static class JsonText
{
    public static string Read(JsonElement text)
    {
        try
        {
            return text.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return Unescape(text.GetRawText().AsSpan()[1..^1]);
        }
    }

    /// <summary>The name of a member.</summary>
    public static string NameOf(JsonProperty member)
    {
        var raw = JsonMarshal.GetRawUtf8PropertyName(member);
        return raw.Contains((byte)'\\') ? Unescape(Encoding.UTF8.GetString(raw)) : Encoding.UTF8.GetString(raw);
    }

    private static string Unescape(ReadOnlySpan<char> raw)
    {
        var text = new StringBuilder(raw.Length);
        while (raw.Length > 0)
        {
            if (raw[0] != '\\')
            {
                text.Append(raw[0]);
                raw = raw[1..];
            }
            else if (raw[1] == 'u')
            {
                text.Append((char)ushort.Parse(raw[2..6], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                raw = raw[6..];
            }
            else
            {
                text.Append(raw[1] switch { 'b' => '\b', 'f' => '\f', 'n' => '\n', 'r' => '\r', 't' => '\t', var other => other });
                raw = raw[2..];
            }
        }

        return text.ToString();
    }
}
