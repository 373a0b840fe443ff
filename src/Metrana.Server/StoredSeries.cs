using System.Globalization;
using System.Text.Json.Serialization;
using Metrana.Server.Http;

namespace Metrana.Server;

/// <summary>A series of a run as the server holds it.</summary>
public sealed record StoredSeries : IJsonOnDeserialized
{
    private static readonly Dictionary<string, string> _noTitles = [];

    /// <summary>The id of the series within its run, assigned by the server.</summary>
    public required long Id { get; init; }

    /// <summary>The metric's name.</summary>
    public required string Metric { get; init; }

    /// <summary>The unit that steps count.</summary>
    public required string Scale { get; init; }

    /// <summary>The labels that distinguish this series from others of the metric.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>The ordering of the steps.</summary>
    public SeriesOrdering Ordering { get; init; }

    /// <summary>Whether the series is ordinary or a reinforcement-learning series.</summary>
    [JsonPropertyName("world")]
    public required SeriesFamily Family { get; init; }

    /// <summary>The kind of the points.</summary>
    public required SeriesKind Kind { get; init; }

    /// <summary>The number of points; a histogram or a scatter counts as one.</summary>
    public long Points { get; init; }

    /// <summary>The highest step, or null without points. For reinforcement learning, the highest step of the training.</summary>
    public long? LastStep { get; init; }

    /// <summary>The titles of the axes <c>x</c>, <c>y</c> and <c>z</c> of a scatter series; axes without a title are left out.</summary>
    public IReadOnlyDictionary<string, string> Titles { get => field ?? _noTitles; init; }

    /// <summary>For reinforcement learning, the environments that have points in the series, in the order of their first point.</summary>
    public IReadOnlyList<string> Environments { get => field ?? []; init; }

    /// <summary>Whether the points belong to episodes. Only in reinforcement learning.</summary>
    public bool Episodic { get; init; }

    /// <summary>Returns a short description, such as <c>loss{gpu=0} (ML_STEP): 3 points, the last at step 2</c>.</summary>
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
