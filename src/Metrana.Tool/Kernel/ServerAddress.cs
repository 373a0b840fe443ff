using System.Text.Json;

namespace Metrana.Tool.Kernel;

/// <summary>Where a server listens, as it says on its first line.</summary>
internal sealed record ServerAddress(string Grpc, string Http)
{
    public static ServerAddress? Read(string line)
    {
        try
        {
            using var told = JsonDocument.Parse(line);
            return told.RootElement.TryGetProperty("grpc", out var grpc) && told.RootElement.TryGetProperty("http", out var http)
                ? new ServerAddress(grpc.GetString() ?? "", http.GetString() ?? "")
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
