namespace Metrana.Native;

/// <summary>The progress of an environment, over all its series: see <see cref="Logger.ListEnvironments"/>.</summary>
public sealed record EnvironmentState
{
    /// <summary>The name of the environment.</summary>
    public required string Name { get; init; }

    /// <summary>The highest step of the training.</summary>
    public long? LastRlStep { get; init; }

    /// <summary>The highest episode.</summary>
    public long? LastEpisode { get; init; }
}
