using System.Text.Json;
using System.Text.Json.Serialization;

namespace Metrana.Server.Http;

/// <summary>Reads and writes the server's JSON without reflection, so that it survives trimming and native compilation.</summary>
/// <remarks>
/// The server writes 64-bit integers, NaN and infinities as strings, because JSON numbers cannot hold them. What is read
/// checks itself (<see cref="IJsonOnDeserialized"/>): a type alone does not keep null out.
/// </remarks>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.AllowNamedFloatingPointLiterals,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ServerEndpoints))]
[JsonSerializable(typeof(RunsAnswer))]
[JsonSerializable(typeof(RulesAnswer))]
[JsonSerializable(typeof(SeriesAnswer))]
[JsonSerializable(typeof(StoredPoints))]
[JsonSerializable(typeof(StoredRlPoints))]
[JsonSerializable(typeof(HistogramsAnswer))]
[JsonSerializable(typeof(ScattersAnswer))]
[JsonSerializable(typeof(AttributesAnswer))]
[JsonSerializable(typeof(EnvironmentsAnswer))]
[JsonSerializable(typeof(ServerCounts))]
[JsonSerializable(typeof(StoredRun))]
[JsonSerializable(typeof(StoredServer))]
[JsonSerializable(typeof(StoredPoint))]
[JsonSerializable(typeof(RunEdit))]
[JsonSerializable(typeof(StoredChanges))]
[JsonSerializable(typeof(ColumnsHead))]
[JsonSerializable(typeof(CurvesRequest))]
[JsonSerializable(typeof(HeatMapRequest))]
[JsonSerializable(typeof(FaultRequest))]
[JsonSerializable(typeof(ErrorAnswer))]
[JsonSerializable(typeof(TicketAnswer))]
[JsonSerializable(typeof(LivingServer))]
[JsonSerializable(typeof(AboutServer))]
internal sealed partial class ServerJson : JsonSerializerContext;

/// <summary>The line that the server prints when it listens.</summary>
internal sealed record ServerEndpoints(string Grpc, string Http)
{
    /// <summary>Reads that line; null where it is another one.</summary>
    public static ServerEndpoints? Read(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, ServerJson.Default.ServerEndpoints) is { Grpc: not null, Http: not null } endpoints
                ? endpoints
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>What a server leaves in its data directory for whoever looks for it.</summary>
internal sealed record LivingServer(int Pid, string Grpc, string Http, string? Key);

/// <summary>What a server says about itself.</summary>
internal sealed record AboutServer(int Pid);

internal sealed record ErrorAnswer(string? Error);

internal sealed record FaultRequest
{
    public required string Fault { get; init; }

    public string? Stage { get; init; }

    public string? Code { get; init; }

    public string? Message { get; init; }

    public int? Times { get; init; }

    public int? After { get; init; }

    public bool? StoreLast { get; init; }
}
