using System.Text.Json;
using Google.Protobuf;
using Metrana.Protobuf.Common.V1;
using Metrana.Protobuf.Ingestion.V1.Svc;
using Metrana.Protobuf.Ingestion.V1.Types;
using Environments = Metrana.Protobuf.Ingestion.V1.Svc.InitializeRunLoggingResponse.Types.EnvStatuses;
using Families = Metrana.Protobuf.Ingestion.V1.Svc.InitializeRunLoggingResponse.Types.RlFamilyDeclarations;
using Steps = Metrana.Protobuf.Ingestion.V1.Svc.InitializeRunLoggingResponse.Types.LastLoggedSteps;

namespace Metrana.WireCapture.Script;

/// <summary>The answer to an init: whether the run is new, and where its series, families and environments stand.</summary>
public sealed class InitAnswer
{
    /// <summary>Whether the run did not exist before.</summary>
    public bool Created { get; init; } = true;

    /// <summary>The job that the run is told to belong to.</summary>
    public string? OrchestrationId { get; init; }

    /// <summary>The last steps of the series that the run has.</summary>
    public IReadOnlyList<Steps.Types.SeriesInfo> Series { get; init; } = [];

    /// <summary>The families of reinforcement-learning series that the run has.</summary>
    public IReadOnlyList<Families.Types.RlFamilyDeclaration> Families { get; init; } = [];

    /// <summary>The environments that the run has.</summary>
    public IReadOnlyList<Environments.Types.EnvState> Environments { get; init; } = [];

    /// <summary>Reads the field <c>init_response</c> of a golden vector.</summary>
    public static InitAnswer FromVector(JsonElement vector) => new()
    {
        Created = !vector.TryGetProperty("created", out var created) || created.GetBoolean(),
        OrchestrationId = vector.TryGetProperty("orchestration_identifier", out var id) ? id.GetString() : null,
        Series = Rows(vector, "series", row => new Steps.Types.SeriesInfo
        {
            MetricName = row[0].GetString(),
            Scale = row[1].GetString(),
            FlatLabels = row[2].GetString(),
            Ordering = (OrderingMode)row[3].GetInt32(),
            LastStep = row[4].GetUInt64(),
            ValueKind = row.GetArrayLength() > 5 ? (SeriesValueKind)row[5].GetInt32() : SeriesValueKind.Float,
        }),
        Families = Rows(vector, "families", row => new Families.Types.RlFamilyDeclaration
        {
            MetricName = row[0].GetString(),
            Scale = row[1].GetString(),
            LabelKeySet = row[2].GetString(),
            Ordering = (OrderingMode)row[3].GetInt32(),
            ValueKind = (SeriesValueKind)row[4].GetInt32(),
            Episodic = row[5].GetBoolean(),
        }),
        Environments = Rows(vector, "envs", row => new Environments.Types.EnvState
        {
            EnvName = row[0].GetString(),
            LastRlStep = row[1].GetUInt64(),
            LastEpisode = row[2].GetUInt64(),
        }),
    };

    /// <summary>The parts of the answer, in the order in which a client can take them: the environments end it.</summary>
    internal IEnumerable<InitializeRunLoggingResponse> Parts(ByteString runId)
    {
        var run = new InitializeRunLoggingResponse.Types.InitializedRun { Created = Created, RunId = runId };
        if (OrchestrationId is not null)
        {
            run.OrchestrationIdentifier = OrchestrationId;
        }

        yield return new InitializeRunLoggingResponse { InitializedRun = run };
        yield return new InitializeRunLoggingResponse { LastLoggedSteps = new Steps { Series = { Series }, IsLast = true } };
        yield return new InitializeRunLoggingResponse { RlFamilyDeclarations = new Families { Families = { Families }, IsLast = true } };
        yield return new InitializeRunLoggingResponse { EnvStatuses = new Environments { Envs = { Environments }, IsLast = true } };
    }

    private static List<T> Rows<T>(JsonElement vector, string name, Func<JsonElement, T> read) =>
        vector.TryGetProperty(name, out var rows) ? [.. rows.EnumerateArray().Select(read)] : [];
}
