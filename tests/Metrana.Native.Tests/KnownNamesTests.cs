using Metrana.Native.Interop;
using Metrana.Native.Tests.Support;
using Metrana.Server;

namespace Metrana.Native.Tests;

/// <summary>A name that comes again goes another way to the native side; nobody may notice but by the time it takes.</summary>
public sealed class KnownNamesTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly LocalServer _server = fixture.Server;

    [Fact]
    public async Task Values_by_a_name_that_comes_again_and_again_are_one_series()
    {
        using Logger logger = new(Runs.Config(_server));
        Labels kept = new(("agent", "a"));
        for (int i = 0; i < 5; i++)
        {
            logger.LogStdFloats("loss", Scale.MlStep, i, labels: kept);
            logger.LogStdFloats(new string("loss"), "ML_STEP", i + 0.5, labels: [("agent", "a")]);
            logger.LogStdFloats("loss", Scale.MlStep, i, labels: [("agent", "b")]);
            logger.LogStdFloats("loss", Scale.Episode, i);
        }

        logger.Flush();
        (await _server.PointsAsync(logger.RunIdHex, "loss", new() { ["agent"] = "a" }))
            .Values.Should().Equal(0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5);
        (await _server.PointsAsync(logger.RunIdHex, "loss", new() { ["agent"] = "b" }))
            .Steps.Should().Equal(0, 1, 2, 3, 4);
        (await _server.PointsAsync(logger.RunIdHex, "loss"))
            .Values.Should().Equal(0, 1, 2, 3, 4);
    }

    [Fact]
    public async Task Environments_by_names_that_come_again_and_again_keep_their_rows()
    {
        using Logger logger = new(Runs.Config(_server));
        string[] names = [.. Enumerable.Range(0, 100).Select(index => $"env-{index}")];
        double[] values = [.. Enumerable.Range(0, 100).Select(index => (double)index)];
        for (int step = 0; step < 4; step++)
        {
            logger.LogRlFloats("reward", Scale.EnvironmentStep, values, step, names);
            logger.LogRlFloats("reward", Scale.EnvironmentStep, 0.5, step, "env-7");
        }

        logger.Flush();
        logger.GetMetrics().RlFloatPoints.Sent.Should().Be(404);
        StoredRlPoints seven = await _server.RlPointsAsync(logger.RunIdHex, "reward", "env-7");
        seven.Values.Should().Equal(7, 0.5, 7, 0.5, 7, 0.5, 7, 0.5);
        seven.RlSteps.Should().Equal(0, 0, 1, 1, 2, 2, 3, 3);
        StoredRlPoints last = await _server.RlPointsAsync(logger.RunIdHex, "reward", "env-99");
        last.Values.Should().Equal(99, 99, 99, 99);
    }

    [Fact]
    public void A_refusal_says_the_name_however_often_it_came()
    {
        using Logger logger = new(Runs.Config(_server));
        string[] messages =
        [
            .. Enumerable.Range(0, 4).Select(round =>
            {
                logger.LogStdFloats("loss", Scale.MlStep, 1.0);
                logger.LogRlFloats("reward", Scale.EnvironmentStep, 1.0, round, "env");
                return logger.Invoking(l => l.LogRlFloats("reward", Scale.EnvironmentStep, 1.0, round, "env", episodes: 3))
                    .Should().Throw<MetricValidationException>().Which.Message;
            }),
        ];
        messages.Distinct().Should().ContainSingle().Which.Should().Contain("reward");
        logger.Invoking(l => l.LogStdFloats("loss", Scale.MlStep, 1.0, steps: long.MaxValue)).Should().NotThrow();
        logger.Invoking(l => l.LogStdFloats("loss", Scale.MlStep, 1.0))
            .Should().Throw<MetricValidationException>();
        logger.GetMetrics().FloatPoints.Added.Should().Be(5);
    }

    [Fact]
    public void After_the_end_a_known_name_is_told_so_like_any_other()
    {
        Logger logger = new(Runs.Config(_server));
        for (int i = 0; i < 4; i++)
        {
            logger.LogStdFloats("loss", Scale.MlStep, 1.0);
        }

        logger.Close();
        logger.Invoking(l => l.LogStdFloats("loss", Scale.MlStep, 1.0)).Should().Throw<LoggerClosedException>();
        logger.Dispose();
        logger.Invoking(l => l.LogStdFloats("loss", Scale.MlStep, 1.0)).Should().Throw<ObjectDisposedException>();
    }

    [Fact]
    public async Task A_table_finds_everything_it_learned_while_it_grows_under_its_readers()
    {
        const int Names = 20_000;
        KnownNames known = new();
        string[] names = [.. Enumerable.Range(0, Names).Select(index => $"metric-{index}")];
        using CancellationTokenSource learned = new();
        int learnedSoFar = 0;
        TaskCompletionSource reading = new();
        Task<long> reader = Task.Factory.StartNew(
            () =>
            {
                long found = 0;
                while (!learned.IsCancellationRequested)
                {
                    for (int i = 0; i < Names; i += 97)
                    {
                        // Read before the look: what was learned before it has to be found.
                        bool wasKnown = i < Volatile.Read(ref learnedSoFar);
                        if (known.TryFind(names[i], out uint id))
                        {
                            id.Should().Be((uint)i);
                            found++;
                        }
                        else
                        {
                            wasKnown.Should().BeFalse("{0} was learned before", names[i]);
                        }
                    }

                    reading.TrySetResult();
                }

                return found;
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        await reading.Task.WaitAsync(TimeSpan.FromMinutes(1));
        for (int i = 0; i < Names; i++)
        {
            known.Learn([names[i]], [(uint)i]);
            Volatile.Write(ref learnedSoFar, i + 1);
        }

        await learned.CancelAsync();
        (await reader.WaitAsync(TimeSpan.FromMinutes(1))).Should().BePositive("it read while names were learned");
        for (int i = 0; i < Names; i++)
        {
            known.TryFind(new string(names[i]), out uint id).Should().BeTrue();
            id.Should().Be((uint)i);
        }

        known.TryFind("metric", out _).Should().BeFalse();
    }

    [Fact]
    public void A_name_is_learned_when_it_comes_again()
    {
        KnownNames known = new();
        int hash = KnownNames.Hash("loss", [("a", "b")]);
        hash.Should().Be(KnownNames.Hash(new string("loss"), new Labels(("a", "b"))));
        known.ComesAgain(hash).Should().BeFalse();
        known.ComesAgain(hash).Should().BeTrue();
    }

    [Fact]
    public void Names_that_come_in_turn_are_learned_however_many_they_are()
    {
        KnownNames known = new();
        int[] toLearn = [.. Enumerable.Range(0, 20_000).Select(index => KnownNames.Hash($"metric-{index}", default))];
        for (int round = 0; round < 30; round++)
        {
            // Who is learned does not ask again.
            toLearn = [.. toLearn.Where(hash => !known.ComesAgain(hash))];
        }

        // Where many share a place it takes longer.
        toLearn.Length.Should().BeLessThan(100);
    }
}
