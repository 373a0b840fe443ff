namespace Metrana.Native;

/// <summary>What a logger knows of a series at one moment: see <see cref="Logger.ListSeries"/>.</summary>
public sealed record SeriesState
{
    /// <summary>The name of the metric.</summary>
    public required string Metric { get; init; }

    /// <summary>The unit that steps count.</summary>
    public required Scale Scale { get; init; }

    /// <summary>The labels that distinguish it from others with the same metric and scale, in the order of their keys.</summary>
    public required Labels Labels { get; init; }

    /// <summary>What it holds.</summary>
    public SeriesContent Content { get; init; }

    /// <summary>Whether it is a series of reinforcement learning.</summary>
    public bool IsReinforcementLearning { get; init; }

    /// <summary>Whether many processes log to it, so that its points come in any order.</summary>
    public bool IsDistributed { get; init; }

    /// <summary>Whether its points belong to episodes.</summary>
    public bool HasEpisodes { get; init; }

    /// <summary>
    /// The largest step that was logged to it, or that the service told of when the run was opened. Of reinforcement learning, the
    /// largest step of the training that this logger logged at. Null when there is none.
    /// </summary>
    public long? LastStep { get; init; }

    /// <summary>
    /// The value that this logger logged there last. Null when there is none: only numbers have one, and the service does not tell
    /// the values of before.
    /// </summary>
    public double? LastValue { get; init; }
}

/// <summary>What a series holds.</summary>
public enum SeriesContent
{
    /// <summary>The service did not say, and nothing was logged.</summary>
    Unknown = 0,

    /// <summary>Numbers.</summary>
    Floats = 1,

    /// <summary>Histograms of counts.</summary>
    Histograms = 2,

    /// <summary>Histograms of densities.</summary>
    DensityHistograms = 3,

    /// <summary>Sets of points in two dimensions.</summary>
    Scatters = 4,

    /// <summary>Sets of points in three dimensions.</summary>
    Scatters3D = 5,
}
