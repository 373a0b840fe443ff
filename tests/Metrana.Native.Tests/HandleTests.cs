using System.Runtime.CompilerServices;
using Metrana.Native.Tests.Support;
using Metrana.Server;

namespace Metrana.Native.Tests;

/// <summary>Series and environments that were looked up once: they log as their names do, and end as their logger does.</summary>
public sealed class HandleTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly LocalServer _server = fixture.Server;

    [Fact]
    public async Task A_series_takes_everything_that_its_name_takes_and_shares_its_steps()
    {
        using Logger logger = new(Runs.Config(_server));
        Series loss = logger.Series("loss", Scale.MlStep, [("gpu", "0")]);
        float[] single = [0.1f];

        loss.Log(0.5);
        loss.Log(1);
        logger.LogStdFloats("loss", Scale.MlStep, 2.5, labels: [("gpu", "0")]);
        loss.Log(3.5, 10, Timestamps.At(77));
        loss.Log([4, double.NaN], steps: [20, 30]);
        loss.Log(single, timestamps: Timestamps.At(88));
        loss.Log(7, steps: 40);
        loss.Log(8UL, steps: 50);
        loss.Log(9UL);
        loss.Log(ReadOnlySpan<double>.Empty);

        logger.Flush();
        StoredPoints points = await _server.PointsAsync(logger.RunIdHex, "loss", new() { ["gpu"] = "0" });
        points.Values.Should().Equal(0.5, 1, 2.5, 3.5, 4, double.NaN, 0.1f, 7, 8, 9);
        points.Steps.Should().Equal(0, 1, 2, 10, 20, 30, 31, 40, 50, 51);
        points.TimestampsMillis[3].Should().Be(77);
        points.TimestampsMillis[6].Should().Be(88);
        logger.GetSeriesLastStep("loss", Scale.MlStep, [("gpu", "0")]).Should().Be(51);
        loss.Metric.Should().Be("loss");
        $"{loss}".Should().Be("loss");
    }

    [Fact]
    public void A_series_refuses_what_its_name_refuses_and_changes_nothing()
    {
        using Logger logger = new(Runs.Config(_server));
        Series loss = logger.Series("loss", Scale.MlStep);
        Series shared = logger.Series("shared", Scale.MlStep, distributed: true);

        loss.Invoking(s => s.Log([1, 2], steps: new long[1])).Should().Throw<MetricValidationException>().WithMessage("*2 values came with 1 step*");
        loss.Invoking(s => s.Log((1L << 53) + 1)).Should().Throw<ArgumentOutOfRangeException>();
        loss.Invoking(s => s.Log((1UL << 53) + 1)).Should().Throw<ArgumentOutOfRangeException>();
        loss.Invoking(s => s.Log((1UL << 53) + 1, 3)).Should().Throw<ArgumentOutOfRangeException>();
        loss.Invoking(s => s.Log(1.5, -1)).Should().Throw<ArgumentOutOfRangeException>();
        shared.Invoking(s => s.Log(1.5)).Should().Throw<MetricValidationException>().WithMessage("*pass 'steps'*");
        shared.Invoking(s => s.Log([1.5, 2])).Should().Throw<MetricValidationException>().WithMessage("*pass 'steps'*");
        logger.Invoking(l => l.Series("two words", Scale.MlStep)).Should().Throw<MetricValidationException>();
        logger.Invoking(l => l.Series(null!, Scale.MlStep)).Should().Throw<ArgumentNullException>();
        logger.Invoking(l => l.Series("loss", Scale.MlStep, distributed: true)).Should().Throw<MetricValidationException>();
        logger.Invoking(l => l.RlSeries("r", Scale.MlStep, [(":k", "v")])).Should().Throw<MetricValidationException>();
        logger.Invoking(l => l.Environments("good", "a/b")).Should().Throw<MetricValidationException>();
        logger.Invoking(l => l.Environments("good", null!)).Should().Throw<ArgumentNullException>();
        logger.Invoking(l => l.Environments((string[])null!)).Should().Throw<ArgumentNullException>().WithParameterName("names");

        logger.GetMetrics().FloatPoints.Should().Be(default(KindMetrics));
        logger.GetSeriesLastStep("loss", Scale.MlStep).Should().BeNull();
        shared.Log(1.5, 3);
        logger.GetMetrics().FloatPoints.Added.Should().Be(1);
    }

    [Fact]
    public async Task A_reinforcement_learning_series_logs_as_its_name_does()
    {
        using Logger logger = new(Runs.Config(_server));
        RlSeries reward = logger.RlSeries("r", "S", episodic: true, strategy: StepStrategy.FromOne);
        EnvironmentSet both = logger.Environments("e0", "e1");
        EnvironmentSet first = logger.Environments(new string[] { "e0" });

        reward.Log(0.5, 1, first, 7);
        reward.Log([1.0, 2.0, 3.0, 4.0], 1, both, [7, 8], timestamps: RlTimestamps.At(9), width: 2);
        logger.LogRlFloats("r", "S", [5f, 6f], 1, both, [7, 8], strategy: StepStrategy.FromOne);
        reward.Log(8, 2, first, 7);
        reward.Log(9UL, 2, first, 7);

        logger.Flush();
        StoredRlPoints e0 = await _server.RlPointsAsync(logger.RunIdHex, "r", "e0");
        e0.Values.Should().Equal(0.5, 1, 2, 5, 8, 9);
        e0.RlSteps.Should().Equal(1, 1, 1, 1, 2, 2);
        e0.EnvSteps.Should().Equal(0, 1, 2, 3, 0, 1);
        e0.FromOne.Should().OnlyContain(one => one);
        (await _server.RlPointsAsync(logger.RunIdHex, "r", "e1")).Values.Should().Equal(3, 4, 6);
        (await _server.SeriesAsync(logger.RunIdHex, "r")).Episodic.Should().BeTrue();
        both.Count.Should().Be(2);
        both.Names.Should().Equal("e0", "e1");
        $"{both}".Should().Be("[e0, e1]");

        reward.Invoking(s => s.Log(ulong.MaxValue, 3, first, 7)).Should().Throw<ArgumentOutOfRangeException>();
        reward.Invoking(s => s.Log(1.0, 3, first)).Should().Throw<MetricValidationException>("it is episodic");
        reward.Invoking(s => s.Log([1.0, 2.0, 3.0], 3, both, 7)).Should().Throw<MetricValidationException>().WithMessage("*metric*");
        reward.Invoking(s => s.Log(1.0, 3, (EnvironmentSet)null!)).Should().Throw<ArgumentNullException>();
        logger.GetMetrics().RlFloatPoints.Added.Should().Be(9);
    }

    [Fact]
    public async Task Ten_thousand_series_log_each_its_own()
    {
        using Logger logger = new(Runs.Config(_server));
        Series[] all = [.. Enumerable.Range(0, 10_000).Select(i => logger.Series($"m{i}", Scale.MlStep))];

        for (int i = 0; i < all.Length; i++)
        {
            all[i].Log(i);
        }

        logger.Flush();
        (await _server.PointsAsync(logger.RunIdHex, "m0")).Values.Should().Equal(0);
        (await _server.PointsAsync(logger.RunIdHex, "m9999")).Values.Should().Equal(9999);
        logger.GetMetrics().FloatPoints.Sent.Should().Be(10_000);
    }

    [Fact]
    public void After_close_a_handle_says_closed_and_after_dispose_disposed()
    {
        Logger logger = new(Runs.Config(_server));
        Series loss = logger.Series("loss", Scale.MlStep);
        RlSeries reward = logger.RlSeries("r", "S");
        EnvironmentSet set = logger.Environments("e0");
        Action[] calls = [() => loss.Log(1.5), () => loss.Log([1.5]), () => loss.Log(1.5, 3), () => reward.Log(1.0, 0, set)];

        logger.Close();
        Array.ForEach(calls, call => call.Should().Throw<LoggerClosedException>());

        logger.Dispose();
        Array.ForEach(calls, call => call.Should().Throw<ObjectDisposedException>().Which.ObjectName.Should().Contain(nameof(Logger)));

        // The place of the old logger may have a new one by now: the handle is not its.
        using Logger next = new(Runs.Config(_server));
        next.Series("loss", Scale.MlStep);
        next.RlSeries("r", "S");
        Array.ForEach(calls, call => call.Should().Throw<ObjectDisposedException>());
        next.GetMetrics().FloatPoints.Added.Should().Be(0);
        next.GetMetrics().RlFloatPoints.Added.Should().Be(0);
    }

    [Fact]
    public void A_handle_of_another_logger_is_not_taken()
    {
        using Logger one = new(Runs.Config(_server));
        using Logger other = new(Runs.Config(_server));
        EnvironmentSet set = other.Environments("e0");

        one.RlSeries("r", "S").Invoking(s => s.Log(1.0, 0, set)).Should().Throw<ArgumentException>().WithMessage("*another logger*");
        one.GetMetrics().RlFloatPoints.Added.Should().Be(0);
    }

    [Fact]
    public async Task A_handle_keeps_its_logger_from_being_taken_for_forgotten()
    {
        LoggerConfig config = Runs.Config(_server);
        Series loss = Open(config);

        for (int i = 0; i < 10; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            loss.Log(i);
        }

        (await _server.RunAsync(config.RunName!)).Closed.Should().BeFalse();
        GC.KeepAlive(loss);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static Series Open(LoggerConfig config) => new Logger(config).Series("loss", Scale.MlStep);
    }

    [Fact]
    public void Threads_that_log_through_handles_while_another_disposes_get_a_clean_answer()
    {
        for (int round = 0; round < 50; round++)
        {
            Logger logger = new(Runs.Config(_server));
            Series loss = logger.Series("loss", Scale.MlStep);
            long logged = 0;
            Exception? surprise = null;
            Thread[] threads = [.. Enumerable.Range(0, 4).Select(_ => new Thread(() =>
            {
                try
                {
                    while (true)
                    {
                        loss.Log(1.5);
                        Interlocked.Increment(ref logged);
                    }
                }
                catch (ObjectDisposedException)
                {
                    // What this is about.
                }
                catch (Exception e)
                {
                    surprise = e;
                }
            }))];
            Array.ForEach(threads, thread => thread.Start());
            long enough = round * 4;
            SpinWait.SpinUntil(() => Volatile.Read(ref logged) >= enough);

            logger.Dispose();

            Array.ForEach(threads, thread => thread.Join());
            surprise.Should().BeNull();
            logger.GetMetrics().FloatPoints.Sent.Should().Be(logged, "each call that returned is delivered, and no other (round {0})", round);
        }
    }
}
