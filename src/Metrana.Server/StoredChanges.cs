using System.Text.Json.Serialization;
using Metrana.Server.Http;

namespace Metrana.Server;

/// <summary>The changes on a server since a reader's last position.</summary>
public sealed record StoredChanges : IJsonOnDeserialized
{
    /// <summary>The reader's position after these changes. A reader that continues from here misses nothing.</summary>
    public required string Cursor { get; init; }

    /// <summary>Whether everything must be read again. If so, no changes are listed.</summary>
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

/// <summary>The changes to one run.</summary>
public sealed record StoredRunChanges : IJsonOnDeserialized
{
    /// <summary>The run.</summary>
    [JsonPropertyName("run")]
    public required string RunId { get; init; }

    /// <summary>The ids of the series that are new or received points.</summary>
    public required IReadOnlyList<long> Series { get; init; }

    /// <summary>Whether the attributes or the displayed properties of the run changed.</summary>
    public required bool Attributes { get; init; }

    void IJsonOnDeserialized.OnDeserialized()
    {
        Expect.NoNull(RunId, Series);
        Expect.NoneNegative(Series);
    }
}
