using System.Globalization;
using System.Text;

namespace Metrana;

/// <summary>A request of HTTP/1.1 as it came, its header names in small letters.</summary>
internal sealed record BareRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers, string Body);

/// <summary>
/// The few words of HTTP/1.1 that a scripted peer speaks on a bare socket, so that it can do what no server does: end in the
/// middle of an answer, or never begin one.
/// </summary>
internal static class BareHttp
{
    /// <summary>A request whose body has a length, which is all that our clients send; nothing at the end.</summary>
    public static async Task<BareRequest?> ReadAsync(Stream stream, CancellationToken cancellationToken = default)
    {
        List<byte> head = [];
        byte[] one = new byte[1];
        while (head.Count < 4 || !head[^4..].SequenceEqual("\r\n\r\n"u8.ToArray()))
        {
            if (await stream.ReadAsync(one, cancellationToken) == 0)
            {
                return null;
            }

            head.Add(one[0]);
        }

        string[] lines = Encoding.ASCII.GetString([.. head]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Dictionary<string, string> headers = lines.Skip(1).Select(line => line.Split(": ", 2))
            .ToDictionary(parts => parts[0].ToLowerInvariant(), parts => parts[1], StringComparer.OrdinalIgnoreCase);
        byte[] body = new byte[int.Parse(headers.GetValueOrDefault("content-length", "0"), CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body, cancellationToken);
        string[] request = lines[0].Split(' ');
        return new BareRequest(request[0], request[1], headers, Encoding.UTF8.GetString(body));
    }

    /// <summary>An answer as it goes over the wire.</summary>
    /// <param name="status">Its status.</param>
    /// <param name="headers">Further lines of its head, each with its end.</param>
    /// <param name="body">What follows.</param>
    public static byte[] Answer(int status, string headers, string body)
    {
        byte[] content = Encoding.UTF8.GetBytes(body);
        return
        [
            .. Encoding.ASCII.GetBytes(string.Create(
                CultureInfo.InvariantCulture, $"HTTP/1.1 {status} X\r\nContent-Length: {content.Length}\r\n{headers}\r\n")),
            .. content,
        ];
    }
}
