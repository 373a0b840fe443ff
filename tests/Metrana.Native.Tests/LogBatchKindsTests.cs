using Metrana.Native.Tests.Support;
using Metrana.Server;

namespace Metrana.Native.Tests;

/// <summary>A batch takes handles, values of reinforcement learning and histograms, and one step and timestamp for all of it.</summary>
public sealed class LogBatchKindsTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private static readonly double[] _edges = [0, 1, 2];
    private static readonly long[] _counts = [3, 4];
    private static readonly double[] _densities = [0.5, 0.25];

    private readonly LocalServer _server = fixture.Server;

    [Fact]
    public async Task Every_kind_goes_in_by_name_and_by_handle_and_arrives_as_one()
    {
        using Logger logger = new(Runs.Config(_server));
        Series loss = logger.Series("loss", Scale.MlStep);
        RlSeries reward = logger.RlSeries("reward", Scale.EnvironmentStep, episodic: true);
        EnvironmentSet environments = logger.Environments(3);
        int[] rewards = [1, 2, 3];
        LogBatch batch = new();

        batch.Add(loss, 0.5);
        batch.Add(loss, 2);
        batch.Add(reward, rewards, 7, environments, episodes: 4);
        batch.Add(reward, rewards, 7, environments, new long[] { 4, 5, 6 }, where: [true, false, true]);
        batch.Add(reward, 9.5, 7, "env-1", 4);
        batch.AddRl("length", Scale.Episode, new[] { 5f, 6f }, 7, ["left", "right"], steps: new long[] { 1, 2 });
        batch.AddHistogram("counts", Scale.MlStep, _edges, [3, 4], 11);
        batch.AddDensityHistogram("dense", Scale.MlStep, _edges, [0.5, 0.25], 12, new HistogramStats { Min = 0, Max = 2, Sum = 3, SumOfSquares = 4 }, timestamps: Timestamps.At(77));
        rewards[0] = 99;
        batch.Count.Should().Be(8);
        logger.Log(batch);

        batch.Count.Should().Be(0);
        logger.Flush();
        (await _server.PointsAsync(logger.RunIdHex, "loss")).Values.Should().Equal(0.5, 2);
        StoredRlPoints first = await _server.RlPointsAsync(logger.RunIdHex, "reward", "env-0");
        (first.Values, first.RlSteps, first.Episodes).Should().BeEquivalentTo((new[] { 1.0, 1 }, new[] { 7L, 7 }, new long?[] { 4, 4 }));
        (await _server.RlPointsAsync(logger.RunIdHex, "reward", "env-1")).Values.Should().Equal(2, 9.5);
        StoredRlPoints third = await _server.RlPointsAsync(logger.RunIdHex, "reward", "env-2");
        third.Values.Should().Equal(3, 3);
        third.Episodes.Should().Equal(4, 6);
        StoredRlPoints length = await _server.RlPointsAsync(logger.RunIdHex, "length", "right");
        (length.Values[0], length.EnvSteps[0], length.ValueWidths[0]).Should().Be((6.0, 2L, 32));
        (await HistogramAsync(logger, "counts")).Counts.Should().Equal(3, 4);
        StoredHistogram dense = await HistogramAsync(logger, "dense");
        dense.Densities.Should().Equal(0.5, 0.25);
        (dense.Step, dense.TimestampMillis, dense.Stats!.Max).Should().Be((12, 77, 2));
        Metrics metrics = logger.GetMetrics();
        (metrics.FloatPoints.Sent, metrics.RlFloatPoints.Sent, metrics.HistogramPoints.Sent).Should().Be((2, 8, 2));
    }

    [Fact]
    public async Task One_step_and_one_timestamp_are_for_all_that_have_none()
    {
        using Logger logger = new(Runs.Config(_server));
        Series loss = logger.Series("loss", Scale.MlStep);
        RlSeries reward = logger.RlSeries("reward", Scale.EnvironmentStep);
        DateTimeOffset moment = DateTimeOffset.FromUnixTimeMilliseconds(123_456);
        LogBatch batch = new();

        for (int i = 0; i < 2; i++)
        {
            batch.Add(loss, 0.5);
            batch.Add("accuracy", Scale.MlStep, 0.25);
            batch.Add("own", Scale.MlStep, 1.0, steps: 3 + i, timestamps: Timestamps.At(5));
            batch.AddHistogram("gradients", Scale.MlStep, _edges, [3, 4]);
            batch.Add(reward, 1.0, 2, "env", timestamps: default);
            logger.Log(batch, step: 40 + i, timestamp: moment);
        }

        logger.Flush();
        foreach (string metric in new[] { "loss", "accuracy" })
        {
            StoredPoints points = await _server.PointsAsync(logger.RunIdHex, metric);
            points.Steps.Should().Equal(40, 41);
            points.TimestampsMillis.Should().Equal(123_456, 123_456);
        }

        StoredPoints own = await _server.PointsAsync(logger.RunIdHex, "own");
        own.Steps.Should().Equal(3, 4);
        own.TimestampsMillis.Should().Equal(5, 5);
        StoredRlPoints rows = await _server.RlPointsAsync(logger.RunIdHex, "reward", "env");
        rows.EnvSteps.Should().Equal(0, 1);
        rows.TimestampsMillis.Should().Equal(123_456, 123_456);
        StoredSeries histograms = await _server.SeriesAsync(logger.RunIdHex, "gradients");
        (await _server.GetHistogramsAsync(logger.RunIdHex, histograms.Id)).Select(one => (one.Step, one.TimestampMillis))
            .Should().Equal((40, 123_456), (41, 123_456));
    }

    [Fact]
    public void What_has_no_step_or_is_refused_keeps_all_of_it_out()
    {
        using Logger logger = new(Runs.Config(_server));
        RlSeries reward = logger.RlSeries("reward", Scale.EnvironmentStep);
        LogBatch batch = new();
        batch.Add("loss", Scale.MlStep, 0.5);
        batch.Add(reward, [1.0, 2.0], 3, ["new", "newer"]);
        batch.AddHistogram("gradients", Scale.MlStep, _edges, [3, 4]);

        logger.Invoking(l => l.Log(batch)).Should().Throw<MetricValidationException>().WithMessage("*index 2 has no step*step: 7*");
        logger.Invoking(l => l.Log(batch, step: -1)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("step");
        batch.AddHistogram("gradients", Scale.MlStep, _edges, [3], 4);
        logger.Invoking(l => l.Log(batch, step: 1)).Should().Throw<MetricValidationException>().WithMessage("*1 bins need 2 edges, got 3*");

        batch.Count.Should().Be(4);
        logger.GetMetrics().Total().Added.Should().Be(0);
        logger.ListEnvironments().Should().BeEmpty();
        logger.ListSeries().Select(series => series.Metric).Should().Equal("reward");
    }

    [Fact]
    public void What_cannot_be_added_leaves_the_batch_as_it_was()
    {
        using Logger logger = new(Runs.Config(_server));
        RlSeries reward = logger.RlSeries("reward", Scale.EnvironmentStep);
        LogBatch batch = new();
        batch.Add(reward, 1.0, 3, "env");

        batch.Invoking(b => b.Add(reward, [1.0, 2.0, 3.0], 3, ["a", "b"])).Should().Throw<MetricValidationException>().WithMessage("3 values do not fit 2 environments*");
        batch.Invoking(b => b.Add(reward, [1.0, 2.0], 3, ["a", "b"], where: [true])).Should().Throw<MetricValidationException>().WithMessage("*1 answer for 2 environments*");
        batch.Invoking(b => b.Add(reward, [1.0, 2.0], 3, ["a", null!])).Should().Throw<ArgumentNullException>();
        batch.Invoking(b => b.Add(reward, 1.0, -1, "a")).Should().Throw<ArgumentOutOfRangeException>();
        batch.Invoking(b => b.Add((RlSeries)null!, 1.0, 1, "a")).Should().Throw<ArgumentNullException>();
        batch.Invoking(b => b.AddRl("m", "S", [1.0], 3, "\ud800")).Should().Throw<ArgumentException>();
        batch.Invoking(b => b.AddHistogram("m", "S", _edges, [1, -1])).Should().Throw<ArgumentOutOfRangeException>();
        batch.Invoking(b => b.AddHistogram("m", "S", _edges, [1, 1], -1)).Should().Throw<ArgumentOutOfRangeException>();
        batch.Invoking(b => b.AddHistogram(null!, "S", _edges, [1, 1])).Should().Throw<ArgumentNullException>();
        batch.Add(reward, [1.0, 2.0], 3, ["a", "b"], where: [false, false]);
        batch.Count.Should().Be(1);

        logger.Log(batch);
        logger.GetMetrics().Total().Added.Should().Be(1);
    }

    [Fact]
    public async Task A_series_of_another_logger_is_found_by_its_name_and_its_environments_are_refused()
    {
        using Logger one = new(Runs.Config(_server));
        using Logger other = new(Runs.Config(_server));
        Series loss = one.Series("loss", Scale.MlStep, [("gpu", "0")]);
        RlSeries reward = one.RlSeries("reward", Scale.EnvironmentStep);
        LogBatch batch = new();

        foreach (Logger logger in new[] { one, other })
        {
            batch.Add(loss, [1.0, 2.0], steps: 5);
            batch.Add(reward, 3.0, 1, "env");
            batch.Add(reward, 4.0, 1, logger.Environments("env"));
            logger.Log(batch);
            logger.Flush();
            (await _server.PointsAsync(logger.RunIdHex, "loss", new() { ["gpu"] = "0" })).Steps.Should().Equal(5, 6);
            (await _server.RlPointsAsync(logger.RunIdHex, "reward", "env")).Values.Should().Equal(3, 4);
        }

        batch.Add(reward, 5.0, 1, one.Environments("env"));
        other.Invoking(l => l.Log(batch)).Should().Throw<ArgumentException>().WithMessage("*another logger*");
        batch.Count.Should().Be(1);
        one.Log(batch);
        one.GetMetrics().RlFloatPoints.Added.Should().Be(3);
    }

    [Fact]
    public void A_batch_of_every_kind_allocates_nothing_when_its_memory_is_there()
    {
        using Logger logger = new(Runs.Config(_server));
        Series loss = logger.Series("loss", Scale.MlStep);
        RlSeries reward = logger.RlSeries("reward", Scale.EnvironmentStep);
        EnvironmentSet environments = logger.Environments(4);
        float[] rewards = [1, 2, 3, 4];
        bool[] done = [true, false, false, true];
        LogBatch batch = new();
        Dictionary<string, Action> additions = new()
        {
            ["a handle"] = () => batch.Add(loss, 0.5),
            ["rows"] = () => batch.Add(reward, rewards, 1, environments),
            ["some rows"] = () => batch.Add(reward, rewards, 1, environments, where: done),
            ["a value of an environment"] = () => batch.AddRl("length", "S", 1.5, 1, "env-0"),
            ["a histogram"] = () => batch.AddHistogram("gradients", Scale.MlStep, _edges, _counts, 3),
            ["a histogram without a step"] = () => batch.AddHistogram("gradients", Scale.MlStep, _edges, _counts),
            ["a histogram of densities"] = () => batch.AddDensityHistogram("dense", Scale.MlStep, _edges, _densities, 3),
        };
        foreach ((string what, Action add) in additions)
        {
            Allocated(add).Should().Be(0, "of {0}", what);
        }

        long Allocated(Action add)
        {
            long before = 0;
            for (int i = 0; i < 200; i++)
            {
                if (i == 100)
                {
                    before = GC.GetAllocatedBytesForCurrentThread();
                }

                add();
                logger.Log(batch, step: 1);
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    private async Task<StoredHistogram> HistogramAsync(Logger logger, string metric)
    {
        StoredSeries series = await _server.SeriesAsync(logger.RunIdHex, metric);
        return (await _server.GetHistogramsAsync(logger.RunIdHex, series.Id)).Single();
    }
}
