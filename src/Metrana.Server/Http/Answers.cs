using System.Text.Json.Serialization;

namespace Metrana.Server.Http;

/// <summary>Runs. This and the others here are wrapped around what a reader gives.</summary>
internal sealed record RunsAnswer : IJsonOnDeserialized
{
    public long Total { get; init; }

    public required IReadOnlyList<StoredRun> Runs { get; init; }

    void IJsonOnDeserialized.OnDeserialized() => Expect.NoNullIn(Runs);
}

/// <summary>A run, of which only this is of interest here.</summary>
internal sealed record RulesAnswer : IJsonOnDeserialized
{
    public required IReadOnlyList<StoredAggregationRule> AggregationRules { get; init; }

    void IJsonOnDeserialized.OnDeserialized() => Expect.NoNullIn(AggregationRules);
}

/// <summary>What a browser shows instead of the key.</summary>
internal sealed record TicketAnswer : IJsonOnDeserialized
{
    public required string Ticket { get; init; }

    void IJsonOnDeserialized.OnDeserialized() => Expect.NoNull(Ticket);
}

internal sealed record SeriesAnswer : IJsonOnDeserialized
{
    public required IReadOnlyList<StoredSeries> Series { get; init; }

    void IJsonOnDeserialized.OnDeserialized() => Expect.NoNullIn(Series);
}

internal sealed record HistogramsAnswer : IPage, IJsonOnDeserialized
{
    public required long Total { get; init; }

    public required long Offset { get; init; }

    public required IReadOnlyList<StoredHistogram> Histograms { get; init; }

    int IPage.Count => Histograms.Count;

    void IJsonOnDeserialized.OnDeserialized()
    {
        Expect.NotNegative(Total, Offset);
        Expect.NoNullIn(Histograms);
    }
}

internal sealed record ScattersAnswer : IPage, IJsonOnDeserialized
{
    public required long Total { get; init; }

    public required long Offset { get; init; }

    public required IReadOnlyList<StoredScatter> Scatters { get; init; }

    int IPage.Count => Scatters.Count;

    void IJsonOnDeserialized.OnDeserialized()
    {
        Expect.NotNegative(Total, Offset);
        Expect.NoNullIn(Scatters);
    }
}

internal sealed record AttributesAnswer : IJsonOnDeserialized
{
    public required IReadOnlyDictionary<string, StoredValue> Attributes { get; init; }

    void IJsonOnDeserialized.OnDeserialized() => Expect.NoNullIn(Attributes?.Values);
}

internal sealed record EnvironmentsAnswer : IJsonOnDeserialized
{
    public required IReadOnlyList<StoredEnvironment> Environments { get; init; }

    void IJsonOnDeserialized.OnDeserialized() => Expect.NoNullIn(Environments);
}
