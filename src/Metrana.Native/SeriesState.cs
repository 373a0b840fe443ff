namespace Metrana.Native;

/// <summary>What a logger knows about a series at one moment: see <see cref="Logger.ListSeries"/>.</summary>
public sealed record SeriesState
{
    /// <summary>The name of the metric.</summary>
    public required string Metric { get; init; }

    /// <summary>The unit that steps count.</summary>
    public required Scale Scale { get; init; }

    /// <summary>The labels that distinguish this series from others with the same metric and scale, ordered by key.</summary>
    public required Labels Labels { get; init; }

    /// <summary>The kind of data in the series.</summary>
    public SeriesContent Content { get; init; }

    /// <summary>Whether it is a reinforcement-learning series.</summary>
    public bool IsReinforcementLearning { get; init; }

    /// <summary>Whether several processes log to the series, so that its points arrive in any order.</summary>
    public bool IsDistributed { get; init; }

    /// <summary>Whether the points belong to episodes.</summary>
    public bool HasEpisodes { get; init; }

    /// <summary>
    /// The largest step that was logged to the series, or that the service reported when the run was opened. For reinforcement
    /// learning, the largest reinforcement-learning step that this logger logged. Null if there is none.
    /// </summary>
    public long? LastStep { get; init; }

    /// <summary>
    /// The last value that this logger logged to the series. Null if there is none: only series of numbers have one, and the service
    /// does not report earlier values.
    /// </summary>
    public double? LastValue { get; init; }
}

/// <summary>The kind of data in a series.</summary>
public enum SeriesContent
{
    /// <summary>Unknown: the service did not report it, and nothing was logged.</summary>
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
