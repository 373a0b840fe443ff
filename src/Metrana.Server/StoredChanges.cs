using System.Text.Json.Serialization;
using Metrana.Server.Http;

namespace Metrana.Server;

/// <summary>What changed on a server since a reader last heard of it.</summary>
public sealed record StoredChanges : IJsonOnDeserialized
{
    /// <summary>The reader's position after this: a reader that follows from here misses nothing.</summary>
    public required string Cursor { get; init; }

    /// <summary>Whether everything has to be read again. Nothing is listed then.</summary>
    public required bool Reset { get; init; }

    /// <summary>The runs that changed or are new.</summary>
    public required IReadOnlyList<StoredRunChanges> Runs { get; init; }

    /// <summary>The ids of the runs that were removed.</summary>
    public required IReadOnlyList<string> Deleted { get; init; }

    void IJsonOnDeserialized.OnDeserialized()
    {
        Expect.NoNull(Cursor);
        Expect.NoNullIn(Runs);
        Expect.NoNullIn(Deleted);
    }
}

/// <summary>What changed of one run.</summary>
public sealed record StoredRunChanges : IJsonOnDeserialized
{
    /// <summary>The run.</summary>
    [JsonPropertyName("run")]
    public required string RunId { get; init; }

    /// <summary>The ids of the series that got points or are new.</summary>
    public required IReadOnlyList<long> Series { get; init; }

    /// <summary>Whether attributes changed, or what people see of the run.</summary>
    public required bool Attributes { get; init; }

    void IJsonOnDeserialized.OnDeserialized()
    {
        Expect.NoNull(RunId, Series);
        Expect.NoneNegative(Series);
    }
}
