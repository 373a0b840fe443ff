using Metrana.Native.Tests.Support;
using Metrana.Server;

namespace Metrana.Native.Tests;

/// <summary>Reinforcement learning: one environment or many, and everything that may be given once, per row or per value.</summary>
public sealed class RlFloatsTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private static readonly string[] _two = ["e0", "e1"];

    private readonly LocalServer _server = fixture.Server;

    [Fact]
    public async Task A_scalar_and_a_row_go_to_one_environment()
    {
        using Logger logger = new(Runs.Config(_server));
        float[] single = [0.1f];

        logger.LogRlFloats("r", Scale.EnvironmentStep, 1.5, 3, "e0");
        logger.LogRlFloats("r", Scale.EnvironmentStep, [2.5, double.NaN], 3, "e0");
        logger.LogRlFloats("r", Scale.EnvironmentStep, single, 4, "e0");
        logger.LogRlFloats("r", Scale.EnvironmentStep, 7, 4, "e0");

        logger.Flush();
        StoredRlPoints points = await _server.RlPointsAsync(logger.RunIdHex, "r", "e0");
        points.Values.Should().Equal(1.5, 2.5, double.NaN, 0.1f, 7);
        points.RlSteps.Should().Equal(3, 3, 3, 4, 4);
        points.EnvSteps.Should().Equal(0, 1, 2, 0, 1);
        points.Episodes.Should().AllSatisfy(episode => episode.Should().BeNull());
        points.ValueWidths.Should().Equal(64, 64, 64, 32, 64);
        logger.GetEnvironmentLastRlStepAndEpisode("e0").Should().Be((4L, null));
        logger.GetEnvironmentLastRlStepAndEpisode("e1").Should().Be((null, null));
    }

    [Fact]
    public async Task A_value_each_and_a_grid_go_to_many_environments_row_by_row()
    {
        using Logger logger = new(Runs.Config(_server));

        logger.LogRlFloats("r", Scale.EnvironmentStep, [1.0, 2.0], 0, _two);
        logger.LogRlFloats("r", Scale.EnvironmentStep, [3.0, 4.0, 5.0, 6.0], 0, ["e0", "e1"], width: 2);
        logger.LogRlFloats("r", Scale.EnvironmentStep, [7.0, 8.0], 0, logger.Environments("e1", "e0"));

        logger.Flush();
        (await _server.RlPointsAsync(logger.RunIdHex, "r", "e0")).Values.Should().Equal(1, 3, 4, 8);
        (await _server.RlPointsAsync(logger.RunIdHex, "r", "e1")).Values.Should().Equal(2, 5, 6, 7);
        (await _server.SeriesAsync(logger.RunIdHex, "r")).Family.Should().Be(SeriesFamily.ReinforcementLearning);
        logger.GetMetrics().RlFloatPoints.Sent.Should().Be(8);
    }

    [Fact]
    public async Task Everything_that_goes_with_values_is_given_once_per_environment_or_per_value()
    {
        using Logger logger = new(Runs.Config(_server));
        double[] grid = [1, 2, 3, 4];

        logger.LogRlFloats("once", "S", grid, 1, _two, 7, steps: 5, timestamps: RlTimestamps.At(9), width: 2);
        logger.LogRlFloats("each", "S", grid, 1, _two, [7, 8], steps: [5, 6], timestamps: [9, 10], width: 2);
        logger.LogRlFloats("all", "S", grid, 1, _two, [7, 7, 8, 9], steps: [5, 8, 6, 2], timestamps: [1, 2, 3, 4], width: 2);

        logger.Flush();
        await Check("once", "e0", [7, 7], [5, 6], [9, 9]);
        await Check("once", "e1", [7, 7], [5, 6], [9, 9]);
        await Check("each", "e0", [7, 7], [5, 6], [9, 9]);
        await Check("each", "e1", [8, 8], [6, 7], [10, 10]);
        await Check("all", "e0", [7, 7], [5, 8], [1, 2]);
        await Check("all", "e1", [8, 9], [6, 2], [3, 4]);
        logger.GetEnvironmentLastRlStepAndEpisode("e1").Should().Be((1L, 9L));

        async Task Check(string metric, string environment, long?[] episodes, long[] steps, long[] timestamps)
        {
            StoredRlPoints points = await _server.RlPointsAsync(logger.RunIdHex, metric, environment);
            points.Episodes.Should().Equal(episodes);
            points.EnvSteps.Should().Equal(steps);
            points.TimestampsMillis.Should().Equal(timestamps);
        }
    }

    [Fact]
    public async Task What_is_written_out_arrives_as_what_is_given_once()
    {
        using Logger logger = new(Runs.Config(_server));
        double[] values = [1, 2, 3];

        logger.LogRlFloats("short", "S", values, 1, "e0", 4, steps: 5, timestamps: RlTimestamps.At(9));
        logger.LogRlFloats("row", "S", values, 1, "e0", [4], steps: EnvironmentSteps.PerEnvironment([5]), timestamps: [9]);
        logger.LogRlFloats("long", "S", values, 1, "e0", [4, 4, 4], steps: EnvironmentSteps.Grid([5, 6, 7]), timestamps: [9, 9, 9]);

        logger.Flush();
        StoredRlPoints expected = await _server.RlPointsAsync(logger.RunIdHex, "short", "e0");
        expected.EnvSteps.Should().Equal(5, 6, 7);
        (await _server.RlPointsAsync(logger.RunIdHex, "row", "e0")).Should().BeEquivalentTo(expected);
        (await _server.RlPointsAsync(logger.RunIdHex, "long", "e0")).Should().BeEquivalentTo(expected);
    }

    [Fact]
    public async Task A_moment_is_a_timestamp_and_labels_tell_series_apart()
    {
        using Logger logger = new(Runs.Config(_server));
        DateTimeOffset moment = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.FromHours(2));

        logger.LogRlFloats("r", "S", 1.0, 0, "e0", timestamps: moment, labels: [("gpu", "0")]);
        logger.LogRlFloats("r", "S", 2.0, 0, "e0", timestamps: moment, labels: [("gpu", "1")]);

        logger.Flush();
        IReadOnlyList<StoredSeries> all = await _server.GetSeriesAsync(logger.RunIdHex);
        all.Should().HaveCount(2);
        long id = all.Single(series => series.Labels["gpu"] == "1").Id;
        StoredRlPoints points = await _server.GetRlPointsAsync(logger.RunIdHex, id, "e0");
        points.TimestampsMillis.Should().Equal(moment.ToUnixTimeMilliseconds());
        points.Values.Should().Equal(2);
    }

    [Fact]
    public async Task Strategies_and_order_cross_as_they_are()
    {
        using Logger logger = new(Runs.Config(_server));

        logger.LogRlFloats("one", "S", [1.0, 2.0], 0, "e0", 0, strategy: StepStrategy.FromOne);
        logger.LogRlFloats("across", "S", [1.0, 2.0], 0, "e0", steps: 10, strategy: StepStrategy.AcrossRlSteps);
        logger.LogRlFloats("any", "S", [1.0, 2.0], 0, "e0", steps: [9, 3], ordered: false);

        logger.Flush();
        (await _server.RlPointsAsync(logger.RunIdHex, "one", "e0")).FromOne.Should().Equal(true, true);
        (await _server.RlPointsAsync(logger.RunIdHex, "across", "e0")).Flat.Should().Equal(true, true);
        (await _server.RlPointsAsync(logger.RunIdHex, "any", "e0")).EnvSteps.Should().Equal(9, 3);
        (await _server.SeriesAsync(logger.RunIdHex, "any")).Ordering.Should().Be(SeriesOrdering.AbsoluteUnordered);
    }

    [Fact]
    public void A_row_is_not_dealt_out_among_environments()
    {
        using Logger logger = new(Runs.Config(_server));

        // Four values and two environments: it would divide, and nobody said so.
        logger.Invoking(l => l.LogRlFloats("r", "S", [1.0, 2.0, 3.0, 4.0], 0, _two)).Should().Throw<MetricValidationException>()
            .WithMessage("4 values do not fit 2 environments: pass 2 values, or *width*");
        logger.Invoking(l => l.LogRlFloats("r", "S", [1.0], 0, _two)).Should().Throw<MetricValidationException>();
        logger.Invoking(l => l.LogRlFloats("r", "S", [1.0, 2.0, 3.0], 0, _two, width: 2)).Should().Throw<MetricValidationException>()
            .WithMessage("3 values do not fit 2 environments with a width of 2: pass 4 values*");
        logger.Invoking(l => l.LogRlFloats("r", "S", [1.0, 2.0], 0, "e0", width: -2)).Should().Throw<ArgumentOutOfRangeException>();

        Nothing(logger);
    }

    [Fact]
    public void A_refused_call_changes_nothing()
    {
        using Logger logger = new(Runs.Config(_server));
        using Logger other = new(Runs.Config(_server));

        logger.Invoking(l => l.LogRlFloats("r", "S", 1.0, -1, "e0")).Should().Throw<ArgumentOutOfRangeException>();
        logger.Invoking(l => l.LogRlFloats("r", "S", 1.0, 0, "e0", -1)).Should().Throw<ArgumentOutOfRangeException>();
        logger.Invoking(l => l.LogRlFloats("r", "S", 1.0, 0, "e0", steps: -1)).Should().Throw<ArgumentOutOfRangeException>();
        logger.Invoking(l => l.LogRlFloats("r", "S", [1.0, 2.0], 0, "e0", [3, -4])).Should().Throw<ArgumentOutOfRangeException>()
            .WithMessage("*index 1*");
        logger.Invoking(l => l.LogRlFloats("r", "S", 1.0, 0, (string)null!)).Should().Throw<ArgumentNullException>();
        logger.Invoking(l => l.LogRlFloats("r", "S", [1.0, 2.0], 0, ["e0", null!])).Should().Throw<ArgumentNullException>();
        logger.Invoking(l => l.LogRlFloats("r", "S", [1.0], 0, other.Environments("e0"))).Should().Throw<ArgumentException>()
            .WithMessage("*another logger*");
        logger.Invoking(l => l.LogRlFloats("r", "S", ReadOnlySpan<double>.Empty, 0, Array.Empty<string>()))
            .Should().Throw<MetricValidationException>().WithMessage("*at least one environment*");
        logger.Invoking(l => l.LogRlFloats("r", "S", 1.0, 0, "a/b")).Should().Throw<MetricValidationException>()
            .WithMessage("invalid environment: environment contains URL-reserved character '/'*");
        logger.Invoking(l => l.LogRlFloats("r", "S", [1.0, 2.0], 0, "e0", Episodes.Grid([1, 2, 3])))
            .Should().Throw<MetricValidationException>().WithMessage("*episodes*");
        logger.Invoking(l => l.LogRlFloats("r", "S", 1.0, 0, "e0", strategy: StepStrategy.AcrossRlSteps))
            .Should().Throw<MetricValidationException>().WithMessage("*StepStrategy.AcrossRlSteps needs the environment steps*");
        logger.Invoking(l => l.LogRlFloats("r", "S", 1.0, 0, "e0", strategy: (StepStrategy)9)).Should().Throw<MetranaException>();
        logger.Invoking(l => l.LogRlFloats("r", "S", long.MaxValue, 0, "e0")).Should().Throw<ArgumentOutOfRangeException>();
        logger.Invoking(l => l.LogRlFloats("r", "S", ulong.MaxValue, 0, "e0")).Should().Throw<ArgumentOutOfRangeException>();

        Nothing(logger);
    }

    [Fact]
    public async Task Hundreds_of_environments_by_name_and_by_set_are_the_same()
    {
        using Logger logger = new(Runs.Config(_server));
        string[] names = [.. Enumerable.Range(0, 300).Select(i => $"größe-{i}")];
        double[] values = [.. Enumerable.Range(0, 600).Select(i => (double)i)];

        logger.LogRlFloats("r", "S", values, 0, names, width: 2);
        logger.LogRlFloats("r", "S", values, 1, logger.Environments(names), width: 2);

        logger.Flush();
        StoredRlPoints last = await _server.RlPointsAsync(logger.RunIdHex, "r", "größe-299");
        last.Values.Should().Equal(598, 599, 598, 599);
        last.RlSteps.Should().Equal(0, 0, 1, 1);
        logger.GetMetrics().RlFloatPoints.Sent.Should().Be(1200);
    }

    private static void Nothing(Logger logger)
    {
        logger.GetMetrics().RlFloatPoints.Should().Be(default(KindMetrics));
        logger.GetEnvironmentLastRlStepAndEpisode("e0").Should().Be((null, null));

        // Neither is the metric pinned to anything: the first valid call is the first.
        logger.LogRlFloats("r", "S", 1.0, 0, "e0", 3);
        logger.GetMetrics().RlFloatPoints.Added.Should().Be(1);
    }
}
