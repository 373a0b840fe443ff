using FluentAssertions;
using Xunit;

namespace Metrana.Server.Tests;

/// <summary>What a person sees who prints what was read.</summary>
public class StoredTextTests
{
    [Fact]
    public void A_series_says_its_names_and_how_much_it_has()
    {
        StoredSeries series = new()
        {
            Id = 1,
            Metric = "loss",
            Scale = "ML_STEP",
            Labels = new Dictionary<string, string> { ["gpu"] = "0", ["policy"] = "greedy" },
            Family = SeriesFamily.Ordinary,
            Kind = SeriesKind.Float,
            Points = 3,
            LastStep = 2,
        };

        series.ToString().Should().Be("loss{gpu=0, policy=greedy} (ML_STEP): 3 points, the last at step 2");
        (series with { Labels = new Dictionary<string, string>(), Points = 1, LastStep = null }).ToString().Should().Be("loss (ML_STEP): 1 point");
    }

    [Fact]
    public void A_set_of_texts_says_its_texts() =>
        new StoredValue.TextSet(["baseline", "v2"]).ToString().Should().Be("TextSet { Value = [baseline, v2] }");
}
