using Metrana.Native.Tests.Support;
using Metrana.Server;

namespace Metrana.Native.Tests;

/// <summary>Series that many processes log to: steps in any order, and always given.</summary>
public sealed class DistributedFloatsTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly LocalServer _server = fixture.Server;

    [Fact]
    public async Task Steps_come_in_any_order()
    {
        using Logger logger = new(Runs.Config(_server));
        float[] single = [0.5f];

        logger.LogDistributedFloats("m", Scale.MlStep, 1.5, 10);
        logger.LogDistributedFloats("m", Scale.MlStep, [2, 3], steps: [7, 3]);
        logger.LogDistributedFloats("m", Scale.MlStep, single, Steps.From(1), timestamps: Timestamps.At(5));
        logger.LogDistributedFloats("m", Scale.MlStep, 4, 2);

        logger.Flush();
        StoredPoints points = await _server.PointsAsync(logger.RunIdHex, "m");
        points.Steps.Should().Equal(10, 7, 3, 1, 2);
        points.Values.Should().Equal(1.5, 2, 3, 0.5, 4);
        (await _server.SeriesAsync(logger.RunIdHex, "m")).Ordering.Should().Be(SeriesOrdering.AbsoluteUnordered);
        logger.GetSeriesLastStep("m", Scale.MlStep).Should().Be(10);
        logger.GetMetrics().MisSteps.Should().Be(0);
    }

    [Fact]
    public void Steps_have_to_be_given_and_the_kinds_do_not_mix()
    {
        using Logger logger = new(Runs.Config(_server));

        logger.Invoking(l => l.LogDistributedFloats("m", Scale.MlStep, 1.5, Steps.Auto)).Should().Throw<MetricValidationException>()
            .WithMessage("*distributed, so it needs its steps*");
        logger.GetMetrics().FloatPoints.Should().Be(default(KindMetrics));

        logger.LogStdFloats("m", Scale.MlStep, 1.5);
        logger.Invoking(l => l.LogDistributedFloats("m", Scale.MlStep, 1.5, 3)).Should().Throw<MetricValidationException>()
            .WithMessage("*already declared as AbsoluteOrdered; ordered and distributed logging cannot be mixed*");
        logger.GetMetrics().FloatPoints.Added.Should().Be(1);
        logger.GetSeriesLastStep("m", Scale.MlStep).Should().Be(0);
    }

    [Fact]
    public async Task Whole_numbers_are_exact_or_refused()
    {
        using Logger logger = new(Runs.Config(_server));

        logger.LogStdFloats("m", Scale.MlStep, 1L << 53);
        logger.LogStdFloats("m", Scale.MlStep, -(1L << 53));
        logger.Invoking(l => l.LogStdFloats("m", Scale.MlStep, (1L << 53) + 1)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*2^53*");
        logger.Invoking(l => l.LogDistributedFloats("d", Scale.MlStep, long.MaxValue, 0)).Should().Throw<ArgumentOutOfRangeException>();
        logger.LogStdFloats("m", Scale.MlStep, 1UL << 53);
        logger.Invoking(l => l.LogStdFloats("m", Scale.MlStep, (1UL << 53) + 1)).Should().Throw<ArgumentOutOfRangeException>();
        logger.Invoking(l => l.LogDistributedFloats("d", Scale.MlStep, ulong.MaxValue, 0)).Should().Throw<ArgumentOutOfRangeException>();

        logger.Flush();
        (await _server.PointsAsync(logger.RunIdHex, "m")).Values.Should().Equal(Math.Pow(2, 53), -Math.Pow(2, 53), Math.Pow(2, 53));
    }
}
