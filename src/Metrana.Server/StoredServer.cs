using System.Text.Json.Serialization;
using Metrana.Server.Http;

namespace Metrana.Server;

/// <summary>Information about a server.</summary>
public sealed record StoredServer : IJsonOnDeserialized
{
    /// <summary>Its version.</summary>
    public required string Version { get; init; }

    /// <summary>The id of its process.</summary>
    public int Pid { get; init; }

    /// <summary>When it started, in milliseconds since 1970.</summary>
    public long StartedAtMillis { get; init; }

    /// <summary>Whether the server can store the data it receives.</summary>
    public required StoredHealth Health { get; init; }

    void IJsonOnDeserialized.OnDeserialized() => Expect.NoNull(Version, Health);
}

/// <summary>Whether a server can store the data it receives.</summary>
public sealed record StoredHealth : IJsonOnDeserialized
{
    /// <summary><c>good</c>; <c>full</c> if the disk is full; <c>failing</c> if the server cannot write.</summary>
    public required string State { get; init; }

    void IJsonOnDeserialized.OnDeserialized() => Expect.NoNull(State);
}
