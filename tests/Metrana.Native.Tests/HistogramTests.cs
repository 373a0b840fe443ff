using System.Text.Json;
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
        HistogramStats stats = new(-1, 3, 4.5, 20);
        ulong[] large = [1, ulong.MaxValue];

        logger.LogHistogram("counts", Scale.MlStep, 7, _edges, [3, 0], stats, timestamps: Timestamps.At(99));
        logger.LogHistogram("counts", Scale.MlStep, 8, _edges, large);
        logger.LogDensityHistogram("dense", Scale.MlStep, 0, _edges, [1, 0.25]);

        logger.Flush();
        JsonElement[] counts = await HistogramsAsync(logger, "counts");
        counts.Should().HaveCount(2);
        counts[0].Whole("step").Should().Be(7);
        counts[0].Whole("timestamp_millis").Should().Be(99);
        counts[0].Values("bin_edges").Should().Equal(_edges);
        counts[0].Wholes("counts").Should().Equal(3, 0);
        JsonElement arrived = counts[0].GetProperty("stats");
        new[] { "min", "max", "sum", "sum_of_squares" }.Select(name => arrived.GetProperty(name).GetDouble()).Should().Equal(-1, 3, 4.5, 20);
        counts[1].GetProperty("counts")[1].GetString().Should().Be("18446744073709551615");
        counts[1].GetProperty("stats").ValueKind.Should().Be(JsonValueKind.Null);
        JsonElement dense = (await HistogramsAsync(logger, "dense")).Single();
        dense.Values("densities").Should().Equal(1, 0.25);
        (await _server.OneSeriesAsync(logger, "counts")).Text("kind").Should().Be("histogram");
        (await _server.OneSeriesAsync(logger, "dense")).Text("kind").Should().Be("density_histogram");
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
            Histogram.OfCounts(new double[] { -1, 1 }, new ulong[] { 9 }, new HistogramStats(0, 1, 2, 3)),
            Histogram.OfCounts(new double[] { 0, 1, 2, 3 }, new long[] { 4, 5, 6 }),
        ];

        logger.LogHistograms("h", Scale.MlStep, histograms, [5, 3, 4], timestamps: [10, 20, 30]);
        logger.LogHistograms("d", Scale.MlStep, [Histogram.OfDensities(_edges, new double[] { 0.5, 0.25 })], [0]);
        logger.LogHistograms("none", Scale.MlStep, [], []);

        logger.Flush();
        JsonElement[] arrived = await HistogramsAsync(logger, "h");
        arrived.Select(histogram => histogram.Whole("step")).Should().Equal(5, 3, 4);
        arrived.Select(histogram => histogram.Whole("timestamp_millis")).Should().Equal(10, 20, 30);
        arrived.Select(histogram => string.Join(' ', histogram.Wholes("counts"))).Should().Equal("1 2", "9", "4 5 6");
        arrived[1].Values("bin_edges").Should().Equal(-1, 1);
        arrived[1].GetProperty("stats").GetProperty("sum_of_squares").GetDouble().Should().Be(3);
        (await HistogramsAsync(logger, "d")).Single().Values("densities").Should().Equal(0.5, 0.25);
        logger.GetMetrics().HistogramPoints.Added.Should().Be(4);
    }

    [Fact]
    public void A_refused_call_changes_nothing()
    {
        using Logger logger = new(Runs.Config(_server));

        logger.Invoking(l => l.LogHistogram("h", "S", -1, _edges, [1, 2])).Should().Throw<ArgumentOutOfRangeException>();
        logger.Invoking(l => l.LogHistogram("h", "S", 0, _edges, [1, -2])).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*count at index 1*");
        logger.Invoking(l => l.LogHistograms("h", "S", [Histogram.OfCounts(_edges, new long[] { -1, 2 })], [0])).Should().Throw<ArgumentOutOfRangeException>();
        logger.Invoking(l => l.LogHistograms("h", "S", [Histogram.OfCounts(_edges, new long[] { 1, 2 })], [-1])).Should().Throw<ArgumentOutOfRangeException>();
        logger.Invoking(l => l.LogHistogram("h", "S", 0, _edges, [1, 2, 3])).Should().Throw<MetricValidationException>().WithMessage("*3 bins need 4 edges, got 3*");
        logger.Invoking(l => l.LogHistogram("h", "S", 0, [0, 0, 1], [1, 2])).Should().Throw<MetricValidationException>().WithMessage("*strictly increase*");
        logger.Invoking(l => l.LogHistogram("h", "S", 0, [1], ReadOnlySpan<long>.Empty)).Should().Throw<MetricValidationException>();
        logger.Invoking(l => l.LogDensityHistogram("h", "S", 0, _edges, [0, -0.5])).Should().Throw<MetricValidationException>().WithMessage("*densities*");
        logger.Invoking(l => l.LogHistogram("h", "S", 0, _edges, [1, 2], new HistogramStats(2, 1, 0, 0))).Should().Throw<MetricValidationException>().WithMessage("*min 2 is above max 1*");
        logger.Invoking(l => l.LogHistograms("h", "S", [Histogram.OfCounts(_edges, new long[] { 1, 2 }), default], [0, 1])).Should().Throw<MetranaException>();
        logger.Invoking(l => l.LogHistograms("h", "S", [Histogram.OfCounts(_edges, new long[] { 1, 2 })], [0, 1]))
            .Should().Throw<MetricValidationException>().WithMessage("*Number of steps is incorrect*");
        logger.Invoking(l => l.LogHistograms(
                "h", "S", [Histogram.OfCounts(_edges, new long[] { 1, 2 }), Histogram.OfDensities(_edges, new double[] { 1, 2 })], [0, 1]))
            .Should().Throw<MetricValidationException>().WithMessage("*cannot be mixed*");

        logger.GetMetrics().HistogramPoints.Should().Be(default(KindMetrics));
        logger.GetSeriesLastStep("h", "S").Should().BeNull();

        // The metric is held to nothing yet.
        logger.LogStdFloats("h", "S", 1.5);
        logger.Invoking(l => l.LogHistogram("h", "S", 0, _edges, [1, 2])).Should().Throw<MetricValidationException>()
            .WithMessage("*already holds float points*");
    }

    private async Task<JsonElement[]> HistogramsAsync(Logger logger, string metric) =>
        [.. (await _server.PageAsync(logger, metric, "histograms")).GetProperty("histograms").EnumerateArray()];
}
