namespace Metrana.Player;

/// <summary>Where scripts are played to.</summary>
/// <param name="Endpoint">The service's address.</param>
/// <param name="ApiKey">The key it is given.</param>
public sealed record PlayerOptions(string Endpoint, string ApiKey)
{
    /// <summary>How many scripts are played at the same time.</summary>
    public int Parallelism { get; init; } = 24;
}
