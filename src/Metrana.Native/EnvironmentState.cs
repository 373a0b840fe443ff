namespace Metrana.Native;

/// <summary>How far an environment has come, over all its series: see <see cref="Logger.ListEnvironments"/>.</summary>
public sealed record EnvironmentState
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The highest step of the training.</summary>
    public long? LastRlStep { get; init; }

    /// <summary>The highest episode.</summary>
    public long? LastEpisode { get; init; }
}
