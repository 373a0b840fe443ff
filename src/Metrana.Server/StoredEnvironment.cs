using System.Text.Json.Serialization;
using Metrana.Server.Http;

namespace Metrana.Server;

/// <summary>An environment of a run, with its progress and its attributes.</summary>
public sealed record StoredEnvironment : IJsonOnDeserialized
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The highest step of the training at which the environment has points; null if it has none.</summary>
    public long? LastRlStep { get; init; }

    /// <summary>The highest episode that its points belong to; null if they belong to none.</summary>
    public long? LastEpisode { get; init; }

    /// <summary>The attributes, by path.</summary>
    public required IReadOnlyDictionary<string, StoredValue> Attributes { get; init; }

    /// <summary>The episodes that have attributes, in ascending order.</summary>
    public required IReadOnlyList<StoredEpisode> Episodes { get; init; }

    void IJsonOnDeserialized.OnDeserialized()
    {
        Expect.NotNegative(LastRlStep, LastEpisode);
        Expect.NoNull(Name);
        Expect.NoNullIn(Attributes?.Values);
        Expect.NoNullIn(Episodes);
    }
}

/// <summary>An episode of an environment, with its attributes.</summary>
public sealed record StoredEpisode : IJsonOnDeserialized
{
    /// <summary>Its number.</summary>
    public required long Episode { get; init; }

    /// <summary>The attributes, by path.</summary>
    public required IReadOnlyDictionary<string, StoredValue> Attributes { get; init; }

    void IJsonOnDeserialized.OnDeserialized()
    {
        Expect.NotNegative(Episode);
        Expect.NoNullIn(Attributes?.Values);
    }
}
