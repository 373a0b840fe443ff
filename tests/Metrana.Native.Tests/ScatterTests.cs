using Metrana.Native.Tests.Support;
using Metrana.Server;

namespace Metrana.Native.Tests;

/// <summary>Sets of points in the plane and in space, one and many, and the titles of their axes.</summary>
public sealed class ScatterTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly LocalServer _server = fixture.Server;

    [Fact]
    public async Task Sets_arrive_in_their_dimensions_with_the_titles_given_last()
    {
        using Logger logger = new(Runs.Config(_server));

        logger.LogScatter("flat", Scale.MlStep, [1, 2], [3, 4], 4, new AxisTitles { X = "first", Y = "width" }, timestamps: Timestamps.At(77));
        logger.LogScatter("flat", Scale.MlStep, ReadOnlySpan<double>.Empty, [], 5, new AxisTitles { X = "größe" });
        logger.LogScatter("deep", Scale.MlStep, [1], [2], [3], 0, new AxisTitles { Z = "z" });

        logger.Flush();
        IReadOnlyList<StoredScatter> flat = await ScattersAsync(logger, "flat");
        flat[0].Step.Should().Be(4);
        flat[0].TimestampMillis.Should().Be(77);
        flat[0].Xs.Should().Equal(1, 2);
        flat[0].Ys.Should().Equal(3, 4);
        flat[0].Zs.Should().BeNull();
        flat[1].Xs.Should().BeEmpty();
        (await ScattersAsync(logger, "deep")).Single().Zs.Should().Equal(3);
        StoredSeries series = await _server.SeriesAsync(logger.RunIdHex, "flat");
        series.Kind.Should().Be(SeriesKind.Scatter);
        series.Titles["x"].Should().Be("größe");
        StoredSeries deep = await _server.SeriesAsync(logger.RunIdHex, "deep");
        deep.Kind.Should().Be(SeriesKind.Scatter3D);
        deep.Titles["z"].Should().Be("z");
        logger.GetSeriesLastStep("flat", Scale.MlStep).Should().Be(5);
        logger.GetMetrics().ScatterPoints.Sent.Should().Be(3);
    }

    [Fact]
    public async Task Several_sets_of_different_sizes_go_in_one_call()
    {
        using Logger logger = new(Runs.Config(_server));
        double[] one = [1];
        double[] three = [1, 2, 3];

        logger.LogScatters("s", Scale.MlStep, [new Scatter(one, one), default, new Scatter(three, three)], [2, 1, 3], timestamps: [4, 5, 6]);
        logger.LogScatters("t", Scale.MlStep, [new Scatter(one, one, one), new Scatter(default, default, default)], [0, 1]);
        logger.LogScatters("none", Scale.MlStep, [], []);

        logger.Flush();
        IReadOnlyList<StoredScatter> sets = await ScattersAsync(logger, "s");
        sets.Select(set => set.Ys.Count).Should().Equal(1, 0, 3);
        sets.Select(set => set.Step).Should().Equal(2, 1, 3);
        sets.Select(set => set.TimestampMillis).Should().Equal(4, 5, 6);
        (await ScattersAsync(logger, "t")).Should().HaveCount(2);
        logger.GetMetrics().ScatterPoints.Added.Should().Be(5);
    }

    [Fact]
    public void A_refused_call_changes_nothing()
    {
        using Logger logger = new(Runs.Config(_server));
        double[] one = [1];

        logger.Invoking(l => l.LogScatter("s", "S", [1], [2], -1)).Should().Throw<ArgumentOutOfRangeException>();
        logger.Invoking(l => l.LogScatters("s", "S", [new Scatter(one, one)], [-1])).Should().Throw<ArgumentOutOfRangeException>();
        logger.Invoking(l => l.LogScatter("s", "S", [1], [2, 3], 0)).Should().Throw<MetricValidationException>().WithMessage("*different lengths*");
        logger.Invoking(l => l.LogScatter("s", "S", [1], [double.NaN], 0)).Should().Throw<MetricValidationException>().WithMessage("*finite*");
        logger.Invoking(l => l.LogScatter("s", "S", [1], [2], ReadOnlySpan<double>.Empty, 0)).Should().Throw<MetricValidationException>();
        logger.Invoking(l => l.LogScatter("s", "S", [1], [2], 0, new AxisTitles { Z = "z" })).Should().Throw<MetricValidationException>().WithMessage("*AxisTitles.Z*");
        logger.Invoking(l => l.LogScatter("s", "S", [1], [2], 0, new AxisTitles { X = new string('x', 65) })).Should().Throw<MetricValidationException>();
        logger.Invoking(l => l.LogScatter("s", "S", [1], [2], 0, new AxisTitles { X = new string('ß', 5000) })).Should().Throw<MetricValidationException>();
        logger.Invoking(l => l.LogScatter("s", "S", [1], [2], 0, new AxisTitles { X = "\ud800" })).Should().Throw<ArgumentException>();
        logger.Invoking(l => l.LogScatters("s", "S", [new Scatter(one, one), new Scatter(one, one, one)], [0, 1]))
            .Should().Throw<MetricValidationException>().WithMessage("*cannot be mixed*");

        logger.GetMetrics().ScatterPoints.Should().Be(default(KindMetrics));
        logger.GetSeriesLastStep("s", "S").Should().BeNull();
        logger.LogStdFloats("s", "S", 1.5);
    }

    private async Task<IReadOnlyList<StoredScatter>> ScattersAsync(Logger logger, string metric) =>
        await _server.GetScattersAsync(logger.RunIdHex, (await _server.SeriesAsync(logger.RunIdHex, metric)).Id);
}
