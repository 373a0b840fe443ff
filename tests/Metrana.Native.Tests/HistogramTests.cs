using Metrana.Native.Tests.Support;
using Metrana.Server;

namespace Metrana.Native.Tests;

/// <summary>Histograms of counts and of densities, one and many.</summary>
public sealed class HistogramTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private static readonly double[] _edges = [0, 1, 2.5];

    private readonly LocalServer _server = fixture.Server;

    [Fact]
    public async Task Counts_of_either_type_and_densities_arrive_with_their_stats()
    {
        using Logger logger = new(Runs.Config(_server));
        HistogramStats stats = new() { Min = -1, Max = 3, Sum = 4.5, SumOfSquares = 20 };
        ulong[] large = [1, ulong.MaxValue];

        logger.LogHistogram("counts", Scale.MlStep, _edges, [3, 0], 7, stats, timestamps: Timestamps.At(99));
        logger.LogHistogram("counts", Scale.MlStep, _edges, large, 8);
        logger.LogDensityHistogram("dense", Scale.MlStep, _edges, [1, 0.25], 0);

        logger.Flush();
        IReadOnlyList<StoredHistogram> counts = await HistogramsAsync(logger, "counts");
        counts.Should().HaveCount(2);
        counts[0].Step.Should().Be(7);
        counts[0].TimestampMillis.Should().Be(99);
        counts[0].BinEdges.Should().Equal(_edges);
        counts[0].Counts.Should().Equal(3, 0);
        counts[0].Stats.Should().Be(new StoredHistogramStats { Min = -1, Max = 3, Sum = 4.5, SumOfSquares = 20 });
        counts[1].Counts.Should().Equal(large);
        counts[1].Stats.Should().BeNull();
        StoredHistogram dense = (await HistogramsAsync(logger, "dense")).Single();
        dense.Densities.Should().Equal(1, 0.25);
        (await _server.SeriesAsync(logger.RunIdHex, "counts")).Kind.Should().Be(SeriesKind.Histogram);
        (await _server.SeriesAsync(logger.RunIdHex, "dense")).Kind.Should().Be(SeriesKind.DensityHistogram);
        logger.GetSeriesLastStep("counts", Scale.MlStep).Should().Be(8);
        logger.GetMetrics().HistogramPoints.Sent.Should().Be(3);
    }

    [Fact]
    public async Task Several_histograms_of_different_sizes_go_in_one_call()
    {
        using Logger logger = new(Runs.Config(_server));
        Histogram[] histograms =
        [
            Histogram.OfCounts(_edges, new long[] { 1, 2 }),
            Histogram.OfCounts(new double[] { -1, 1 }, new ulong[] { 9 }, new HistogramStats { Min = 0, Max = 1, Sum = 2, SumOfSquares = 3 }),
            Histogram.OfCounts(new double[] { 0, 1, 2, 3 }, new long[] { 4, 5, 6 }),
        ];

        logger.LogHistograms("h", Scale.MlStep, histograms, [5, 3, 4], timestamps: [10, 20, 30]);
        logger.LogHistograms("d", Scale.MlStep, [Histogram.OfDensities(_edges, new double[] { 0.5, 0.25 })], [0]);
        logger.LogHistograms("none", Scale.MlStep, [], []);

        logger.Flush();
        IReadOnlyList<StoredHistogram> arrived = await HistogramsAsync(logger, "h");
        arrived.Select(histogram => histogram.Step).Should().Equal(5, 3, 4);
        arrived.Select(histogram => histogram.TimestampMillis).Should().Equal(10, 20, 30);
        arrived.Select(histogram => string.Join(' ', histogram.Counts!)).Should().Equal("1 2", "9", "4 5 6");
        arrived[1].BinEdges.Should().Equal(-1, 1);
        arrived[1].Stats!.SumOfSquares.Should().Be(3);
        (await HistogramsAsync(logger, "d")).Single().Densities.Should().Equal(0.5, 0.25);
        logger.GetMetrics().HistogramPoints.Added.Should().Be(4);
    }

    [Fact]
    public void Statistics_are_of_the_finite_values_of_any_type()
    {
        HistogramStats stats = new() { Min = -1, Max = 4, Sum = 5, SumOfSquares = 21 };

        HistogramStats.Of([2.0, double.NaN, -1.0, 4.0, double.PositiveInfinity]).Should().Be(stats);
        HistogramStats.Of(new[] { 2, -1, 4 }).Should().Be(stats);
        HistogramStats.Of([double.MinValue, double.MinValue]).Should().Be(
            new HistogramStats { Min = double.MinValue, Max = double.MinValue, Sum = double.MinValue, SumOfSquares = double.MaxValue });
        FluentActions.Invoking(() => HistogramStats.Of([double.NaN])).Should().Throw<MetricValidationException>()
            .WithMessage("*none of the 1 given are*");
    }

    [Fact]
    public void A_refused_call_changes_nothing()
    {
        using Logger logger = new(Runs.Config(_server));

        logger.Invoking(l => l.LogHistogram("h", "S", _edges, [1, 2], -1)).Should().Throw<ArgumentOutOfRangeException>();
        logger.Invoking(l => l.LogHistogram("h", "S", _edges, [1, -2], 0)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*count at index 1*");
        logger.Invoking(l => l.LogHistograms("h", "S", [Histogram.OfCounts(_edges, new long[] { -1, 2 })], [0])).Should().Throw<ArgumentOutOfRangeException>();
        logger.Invoking(l => l.LogHistograms("h", "S", [Histogram.OfCounts(_edges, new long[] { 1, 2 })], [-1])).Should().Throw<ArgumentOutOfRangeException>();
        logger.Invoking(l => l.LogHistogram("h", "S", _edges, [1, 2, 3], 0)).Should().Throw<MetricValidationException>().WithMessage("*3 bins need 4 edges, got 3*");
        logger.Invoking(l => l.LogHistogram("h", "S", [0, 0, 1], [1, 2], 0)).Should().Throw<MetricValidationException>().WithMessage("*strictly increase*");
        logger.Invoking(l => l.LogHistogram("h", "S", [1], ReadOnlySpan<long>.Empty, 0)).Should().Throw<MetricValidationException>();
        logger.Invoking(l => l.LogDensityHistogram("h", "S", _edges, [0, -0.5], 0)).Should().Throw<MetricValidationException>().WithMessage("*densities*");
        logger.Invoking(l => l.LogHistogram("h", "S", _edges, [1, 2], 0, new HistogramStats { Min = 2, Max = 1, Sum = 0, SumOfSquares = 0 })).Should().Throw<MetricValidationException>().WithMessage("*min 2 is above max 1*");
        logger.Invoking(l => l.LogHistograms("h", "S", [Histogram.OfCounts(_edges, new long[] { 1, 2 }), default], [0, 1])).Should().Throw<MetranaException>();
        logger.Invoking(l => l.LogHistograms("h", "S", [Histogram.OfCounts(_edges, new long[] { 1, 2 })], [0, 1]))
            .Should().Throw<MetricValidationException>().WithMessage("*give one step for each value*");
        logger.Invoking(l => l.LogHistograms(
                "h", "S", [Histogram.OfCounts(_edges, new long[] { 1, 2 }), Histogram.OfDensities(_edges, new double[] { 1, 2 })], [0, 1]))
            .Should().Throw<MetricValidationException>().WithMessage("*cannot be mixed*");

        logger.GetMetrics().HistogramPoints.Should().Be(default(KindMetrics));
        logger.GetSeriesLastStep("h", "S").Should().BeNull();

        // The metric is held to nothing yet.
        logger.LogStdFloats("h", "S", 1.5);
        logger.Invoking(l => l.LogHistogram("h", "S", _edges, [1, 2], 0)).Should().Throw<MetricValidationException>()
            .WithMessage("*already holds float points*");
    }

    private async Task<IReadOnlyList<StoredHistogram>> HistogramsAsync(Logger logger, string metric) =>
        await _server.GetHistogramsAsync(logger.RunIdHex, (await _server.SeriesAsync(logger.RunIdHex, metric)).Id);
}
