using Metrana.Native.Tests.Support;
using Metrana.Server;

namespace Metrana.Native.Tests;

/// <summary>Several series as one: all of them or none.</summary>
public sealed class LogBatchTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private static readonly Labels _labels = new(("gpu", "1"), ("größe", "日本"));

    private readonly LocalServer _server = fixture.Server;

    [Fact]
    public async Task Everything_that_was_added_arrives_as_it_was_then()
    {
        using Logger logger = new(Runs.Config(_server));
        LogBatch batch = new();
        double[] values = [1, double.NaN];
        long[] steps = [5, 6];
        float[] single = [0.1f, 0.2f, 0.3f];

        batch.Add("a", Scale.MlStep, 0.5);
        batch.Add("a", "ML_STEP", 7);
        batch.Add("b", Scale.MlStep, values, steps, _labels, [70, 80]);
        batch.Add("c", Scale.MlStep, single, 3, [("x", "y")], Timestamps.At(9));
        batch.Add("d", Scale.MlStep, [1, 2], steps: [8, 4], distributed: true);
        values[0] = steps[0] = -1;
        single[0] = -1;
        batch.Count.Should().Be(5);
        logger.Log(batch);

        batch.Count.Should().Be(0);
        logger.Flush();
        (await _server.PointsAsync(logger.RunIdHex, "a")).Values.Should().Equal(0.5, 7);
        (await _server.PointsAsync(logger.RunIdHex, "a")).Steps.Should().Equal(0, 1);
        StoredPoints b = await _server.PointsAsync(logger.RunIdHex, "b", new() { ["gpu"] = "1", ["größe"] = "日本" });
        b.Values.Should().Equal(1, double.NaN);
        b.Steps.Should().Equal(5, 6);
        b.TimestampsMillis.Should().Equal(70, 80);
        StoredPoints c = await _server.PointsAsync(logger.RunIdHex, "c", new() { ["x"] = "y" });
        c.Values.Should().Equal(0.1f, 0.2f, 0.3f);
        c.Steps.Should().Equal(3, 4, 5);
        c.TimestampsMillis.Should().Equal(9, 9, 9);
        (await _server.SeriesAsync(logger.RunIdHex, "d")).Ordering.Should().Be(SeriesOrdering.AbsoluteUnordered);
        logger.GetMetrics().FloatPoints.Sent.Should().Be(9);
    }

    [Fact]
    public async Task A_batch_is_written_in_one_expression_and_names_its_metrics()
    {
        using Logger logger = new(Runs.Config(_server));
        Series known = logger.Series("known", Scale.MlStep);
        RlSeries reward = logger.RlSeries("reward", Scale.EnvironmentStep);
        LogBatch batch = new()
        {
            { "größe", Scale.MlStep, 0.25 },
            { "accuracy", "EPOCH", [0.5f, 0.75f] },
            { known, 7 },
            { reward, [1.0, 2.0], 3, ["env-0", "env-1"] },
        };
        batch.AddRl("return", Scale.Episode, 5.0, 3, "env-0");
        batch.AddHistogram("gradients", Scale.MlStep, [0.0, 1.0], [3], 4);

        batch.Should().Equal("größe", "accuracy", "known", "reward", "return", "gradients");
        logger.Log(batch);
        logger.Log(new LogBatch { { "val/loss", "EPOCH", 0.5 } }, step: 3);

        batch.Should().BeEmpty();
        logger.Flush();
        (await _server.PointsAsync(logger.RunIdHex, "accuracy")).Values.Should().Equal(0.5, 0.75);
        (await _server.PointsAsync(logger.RunIdHex, "val/loss")).Steps.Should().Equal(3);
        logger.GetMetrics().Total().Sent.Should().Be(9);
    }

    [Fact]
    public void One_bad_call_keeps_all_of_it_out_and_the_batch_as_it_is()
    {
        using Logger logger = new(Runs.Config(_server));
        LogBatch batch = new();
        batch.Add("good", Scale.MlStep, [1, 2, 3]);
        batch.Add("two words", Scale.MlStep, 1.5);
        batch.Add("good too", Scale.MlStep, 1.5);

        logger.Invoking(l => l.Log(batch)).Should().Throw<MetricValidationException>().WithMessage("*'two words'*");

        batch.Count.Should().Be(3);
        logger.GetMetrics().FloatPoints.Should().Be(default(KindMetrics));
        logger.GetSeriesLastStep("good", Scale.MlStep).Should().BeNull();

        // Not even the ordering is pinned.
        logger.LogDistributedFloats("good", Scale.MlStep, 1.5, 0);
        batch.Clear();
        batch.Add("fresh", Scale.MlStep, 1.5);
        logger.Log(batch);
        logger.GetMetrics().FloatPoints.Added.Should().Be(2);
    }

    [Fact]
    public void What_cannot_be_added_leaves_the_batch_as_it_was()
    {
        using Logger logger = new(Runs.Config(_server));
        LogBatch batch = new();
        batch.Add("good", Scale.MlStep, 1.5, labels: _labels);

        batch.Invoking(b => b.Add(null!, Scale.MlStep, 1.5)).Should().Throw<ArgumentNullException>();
        batch.Invoking(b => b.Add("\ud800", Scale.MlStep, 1.5)).Should().Throw<ArgumentException>();
        batch.Invoking(b => b.Add("m", Scale.MlStep, [1, 2], labels: [("k", "v"), ("l", "\ud800")])).Should().Throw<ArgumentException>();
        batch.Invoking(b => b.Add("m", Scale.MlStep, [1, 2], labels: [("k", null!)])).Should().Throw<ArgumentNullException>();
        batch.Invoking(b => b.Add("m", Scale.MlStep, long.MaxValue)).Should().Throw<ArgumentOutOfRangeException>();
        batch.Invoking(b => b.Add("m", Scale.MlStep, ulong.MaxValue)).Should().Throw<ArgumentOutOfRangeException>();
        batch.Count.Should().Be(1);

        logger.Log(batch);
        logger.GetMetrics().FloatPoints.Added.Should().Be(1);
        logger.GetSeriesLastStep("good", Scale.MlStep, _labels).Should().Be(0);
    }

    [Fact]
    public void An_empty_batch_logs_nothing_and_a_null_one_is_a_mistake()
    {
        using Logger logger = new(Runs.Config(_server));

        logger.Log(new LogBatch());
        logger.Invoking(l => l.Log(null!)).Should().Throw<ArgumentNullException>();

        logger.GetMetrics().FloatPoints.Should().Be(default(KindMetrics));
    }

    [Fact]
    public async Task A_batch_grows_and_is_used_again_for_any_logger()
    {
        using Logger one = new(Runs.Config(_server));
        using Logger other = new(Runs.Config(_server));
        LogBatch batch = new();
        string[] metrics = [.. Enumerable.Range(0, 1000).Select(i => $"m{i}")];

        foreach (Logger logger in new[] { one, other })
        {
            for (int i = 0; i < metrics.Length; i++)
            {
                batch.Add(metrics[i], Scale.MlStep, [i, i + 0.5], labels: [("key", $"{i}")]);
            }

            logger.Log(batch);
            logger.Flush();
            (await _server.PointsAsync(logger.RunIdHex, "m999", new() { ["key"] = "999" })).Values.Should().Equal(999, 999.5);
            logger.GetMetrics().FloatPoints.Sent.Should().Be(2000);
        }
    }

    [Fact]
    public void A_batch_for_a_logger_that_has_ended_is_refused()
    {
        Logger logger = new(Runs.Config(_server));
        LogBatch batch = new();
        batch.Add("m", Scale.MlStep, 1.5);

        logger.Close();
        logger.Invoking(l => l.Log(batch)).Should().Throw<LoggerClosedException>();
        logger.Dispose();
        logger.Invoking(l => l.Log(batch)).Should().Throw<ObjectDisposedException>();

        batch.Count.Should().Be(1);
    }

    [Fact]
    public async Task A_batch_takes_series_that_were_looked_up_once()
    {
        using Logger logger = new(Runs.Config(_server));
        Series loss = logger.Series("loss", Scale.MlStep, [("gpu", "0")]);
        Series shared = logger.Series("shared", "S", distributed: true);
        LogBatch batch = new();

        batch.Add(loss, 0.5);
        batch.Add(loss, new[] { 1, 2 }, steps: 10);
        batch.Add(shared, 7, steps: 3);
        logger.Log(batch);

        logger.Flush();
        StoredPoints points = await _server.PointsAsync(logger.RunIdHex, "loss", new() { ["gpu"] = "0" });
        points.Values.Should().Equal(0.5, 1, 2);
        points.Steps.Should().Equal(0, 10, 11);
        (await _server.PointsAsync(logger.RunIdHex, "shared")).Steps.Should().Equal(3);
        (loss.Scale, loss.IsDistributed, shared.IsDistributed).Should().Be((Scale.MlStep, false, true));
    }

    [Fact]
    public async Task A_second_thread_is_refused_and_memory_stays_whole()
    {
        using Logger logger = new(Runs.Config(_server));
        LogBatch batch = new();
        double[] values = new double[50];
        using CancellationTokenSource stop = new();
        int refusals = 0;
        Task[] threads = [.. Enumerable.Range(0, 4).Select(thread => Task.Factory.StartNew(
            () =>
            {
                string metric = $"metric-{thread}";
                for (int i = 0; !stop.IsCancellationRequested; i++)
                {
                    try
                    {
                        batch.Add(metric, Scale.MlStep, values, labels: _labels);
                        if (i % 10 == 0)
                        {
                            logger.Log(batch);
                        }
                    }
                    catch (InvalidOperationException e) when (e.Message.Contains("one LogBatch", StringComparison.Ordinal))
                    {
                        Interlocked.Increment(ref refusals);
                    }
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default))];

        await Eventually.ShouldAsync(() => Volatile.Read(ref refusals) > 1000 || threads.Any(thread => thread.IsCompleted), "threads meet in the batch");
        await stop.CancelAsync();
        await Task.WhenAll(threads);

        batch.Clear();
        logger.Flush();
        IReadOnlyList<StoredSeries> series = await _server.GetSeriesAsync(logger.RunIdHex);
        series.Should().OnlyContain(one => one.Metric.StartsWith("metric-", StringComparison.Ordinal) && one.Labels.Count == 2);
        series.Sum(one => one.Points).Should().Be(logger.GetMetrics().FloatPoints.Sent);
    }
}
