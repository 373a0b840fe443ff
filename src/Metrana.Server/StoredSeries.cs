using System.Globalization;
using System.Text.Json.Serialization;
using Metrana.Server.Http;

namespace Metrana.Server;

/// <summary>A series of a run as the server holds it.</summary>
public sealed record StoredSeries : IJsonOnDeserialized
{
    private static readonly Dictionary<string, string> _noTitles = [];

    /// <summary>The server's own id of the series within its run.</summary>
    public required long Id { get; init; }

    /// <summary>The metric's name.</summary>
    public required string Metric { get; init; }

    /// <summary>What its steps count.</summary>
    public required string Scale { get; init; }

    /// <summary>The labels that distinguish it from other series of the metric.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>Whether its steps grow.</summary>
    public SeriesOrdering Ordering { get; init; }

    /// <summary>Whether it is an ordinary series, or its points are of environments.</summary>
    [JsonPropertyName("world")]
    public required SeriesFamily Family { get; init; }

    /// <summary>What its points are.</summary>
    public required SeriesKind Kind { get; init; }

    /// <summary>How many points it has; a histogram or a scatter is one.</summary>
    public long Points { get; init; }

    /// <summary>Its highest step, unless it has no points. In reinforcement learning the highest step of the training.</summary>
    public long? LastStep { get; init; }

    /// <summary>The titles of a scatter's axes, of those that have one: <c>x</c>, <c>y</c> and <c>z</c>.</summary>
    public IReadOnlyDictionary<string, string> Titles { get => field ?? _noTitles; init; }

    /// <summary>For reinforcement learning: the environments with points in it, in the order of their first point.</summary>
    public IReadOnlyList<string> Environments { get => field ?? []; init; }

    /// <summary>Whether its points belong to episodes. Only in reinforcement learning.</summary>
    public bool Episodic { get; init; }

    /// <summary>Its names and how much it has, such as <c>loss{gpu=0} (ML_STEP): 3 points, the last at step 2</c>.</summary>
    public override string ToString()
    {
        string labels = Labels.Count == 0 ? "" : $"{{{string.Join(", ", Labels.Select(label => $"{label.Key}={label.Value}"))}}}";
        string last = LastStep is { } step ? string.Create(CultureInfo.InvariantCulture, $", the last at step {step}") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{Metric}{labels} ({Scale}): {Points} {(Points == 1 ? "point" : "points")}{last}");
    }

    void IJsonOnDeserialized.OnDeserialized()
    {
        Expect.NotNegative(Id, Points, LastStep);
        Expect.NoNull(Metric, Scale);
        Expect.NoNullIn(Labels?.Values);
        Expect.NoNullIn(Titles.Values);
        Expect.NoNullIn(Environments);
    }
}
