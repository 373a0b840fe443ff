using Metrana.Native;
using Metrana.Server;
using Metrana.Tests.Support;

namespace Metrana.Tests;

/// <summary>Steps that threads take from one series, and steps that do not grow.</summary>
public class StepTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    [ParityRow("client/step-of-threads", "threads that share a series get steps of their own")]
    public async Task Threads_that_share_a_series_get_steps_of_their_own_and_in_order()
    {
        Run run = await Run.StartAsync(shared.Options());
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 300; i++)
            {
                run.Log("loss", i);
            }
        })));
        await run.CloseAsync();

        (await shared.PointsAsync(run, "loss")).Steps.Should().Equal(Enumerable.Range(0, 1200).Select(step => (long)step));
    }

    [Fact]
    [ParityRow("client/step-that-does-not-grow", "a step that does not grow is sent as it is", "MisSteps", "ignore")]
    public async Task A_step_that_does_not_grow_is_sent_as_it_is_and_the_last_step_stays()
    {
        Run run = await Run.StartAsync(shared.Options());
        run.Log("loss", 1.0, step: 5);
        run.Log("loss", 2.0, step: 3);
        run.GetLastStep("loss").Should().Be(5);
        run.Log("loss", 3.0);
        await run.CloseAsync();

        run.Delivery.Should().Be(new RunDelivery { Added = 3, Sent = 3 });
        run.Metrics.MisSteps.Should().Be(1);
        StoredPoints points = await shared.PointsAsync(run, "loss");
        points.Steps.Should().Equal(5, 3, 6);
        points.Values.Should().Equal(1, 2, 3);
        (await shared.CurveAsync(run, "loss")).Values.Should().Equal([1, 3], "a server ignores what its series had passed");
    }

    [Theory]
    [InlineData(BackpressureStrategy.DropNew)]
    [InlineData(BackpressureStrategy.Raise)]
    [ParityRow("client/step-of-a-full-queue", "finds the queue full uses up no step")]
    public async Task A_call_that_finds_the_queue_full_uses_up_no_step(BackpressureStrategy strategy)
    {
        RunOptions options = shared.Options();
        (options.Backpressure, options.EnqueueTimeout, options.QueueBytes) = (strategy, TimeSpan.Zero, 100_000);
        Run run = await Run.StartAsync(options);
        await shared.Server.Faults.StallAsync();
        double[] column = new double[1000];
        bool isFull = false;
        while (!isFull)
        {
            try
            {
                run.Log("loss", column);
                isFull = run.Metrics.FloatPoints.Refused > 0;
            }
            catch (QueueFullException)
            {
                isFull = true;
            }
        }

        long taken = run.Metrics.FloatPoints.Enqueued;
        run.GetLastStep("loss").Should().Be(taken - 1);
        await shared.Server.Faults.ClearAsync();
        await run.FlushAsync(TimeSpan.FromMinutes(1));
        run.Log("loss", 1.0);
        await run.DisposeAsync();

        (await shared.PointsAsync(run, "loss")).Steps.Should().HaveCount((int)taken + 1).And.EndWith(taken);
    }

    [Fact]
    [ParityRow("client/rl-step-that-does-not-grow", "does not grow is sent as it is")]
    public async Task An_rl_step_that_does_not_grow_is_sent_as_it_is_and_the_progress_stays()
    {
        Run run = await Run.StartAsync(shared.Options());
        run.LogEnvironmentStep("reward", 1.0, rlStep: 5, episode: 2, environment: "env-0");
        run.LogEnvironmentStep("reward", 2.0, rlStep: 4, episode: 1, environment: "env-0");
        run.GetEnvironmentLastRlStepAndEpisode("env-0").Should().Be((5L, 2L));
        run.NextRlStep.Should().Be(6);
        await run.CloseAsync();

        run.Delivery.Should().Be(new RunDelivery { Added = 2, Sent = 2 });
        run.Metrics.MisSteps.Should().BeGreaterThan(0);
    }

    [Fact]
    [ParityRow("client/rl-labels", "labels", "timestamp", "evaluation")]
    public async Task Episodes_and_environment_steps_take_labels_a_timestamp_and_evaluation()
    {
        DateTimeOffset noon = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);
        (string, string)[] labels = [("policy", "greedy"), ("evaluation", "true")];
        Run run = await Run.StartAsync(shared.Options());
        run.LogEpisode("return", 1.0, rlStep: 0, episode: 3, labels: ("policy", "greedy"), timestamp: noon, evaluation: true);
        run.LogEnvironmentStep(
            "reward", [1.0, 2.0], rlStep: 0, ["env-0", "env-1"], labels: ("policy", "greedy"), timestamp: noon, evaluation: true);
        await run.CloseAsync();

        (await shared.RlPointsAsync(run, "return", "default", labels)).TimestampsMillis.Should().Equal(noon.ToUnixTimeMilliseconds());
        StoredRlPoints rewards = await shared.RlPointsAsync(run, "reward", "env-1", labels);
        rewards.Values.Should().Equal(2);
        rewards.TimestampsMillis.Should().Equal(noon.ToUnixTimeMilliseconds());
    }
}
