namespace Metrana.Tests;

/// <summary>The books of many environments that step together.</summary>
public class EpisodeTrackerTests
{
    [Fact]
    [ParityRow("client/scale", "Scale.Episode", "Scale.EnvironmentStep")]
    public void Rewards_go_by_step_and_a_return_and_a_length_when_an_episode_ends()
    {
        using Run run = Run.InMemory();
        EpisodeTracker episodes = run.TrackEpisodes(environments: 2);
        episodes.Step(0, [1.0, 10.0], [false, false], [false, false]);
        episodes.Step(0, [2.0, 20.0], [true, false], [false, false]);
        episodes.Step(1, [3.0, 30.0], [false, false], [false, true]);

        Rewards(run, "env-0").Should().Equal((0, 0, 0, 1), (0, 0, 1, 2), (1, 1, 0, 3));
        Rewards(run, "env-1").Should().Equal((0, 0, 0, 10), (0, 0, 1, 20), (1, 0, 0, 30));
        Ended(run, "episode_return").Should().Equal(("env-0", 0, 0, 3), ("env-1", 1, 0, 60));
        Ended(run, "episode_length").Should().Equal(("env-0", 0, 0, 2), ("env-1", 1, 0, 3));
        run.Recording.Of("episode_return").Should().OnlyContain(point => point.Scale == Scale.Episode && point.EpisodeNumber == null, "the episode is the step");
        run.Recording.Of("reward").Should().OnlyContain(point => point.Scale == Scale.EnvironmentStep && point.EpisodeNumber != null);
        episodes.Episodes.ToArray().Should().Equal(1, 1);
        episodes.Returns.ToArray().Should().Equal(3, 0);
        episodes.Finished.Should().Be(2);
        episodes.MeanReturn.Should().Be(31.5);
        run.NextRlStep.Should().Be(2);
    }

    [Fact]
    public void Episodes_of_an_environment_are_numbered_one_after_the_other()
    {
        using Run run = Run.InMemory();
        EpisodeTracker episodes = run.TrackEpisodes(environments: 3);
        Random random = new(5);
        bool[] done = new bool[3];
        bool[] cut = new bool[3];
        float[] rewards = new float[3];
        for (int update = 0; update < 20; update++)
        {
            for (int t = 0; t < 30; t++)
            {
                for (int i = 0; i < 3; i++)
                {
                    (rewards[i], done[i], cut[i]) = (1, random.Next(5) == 0, random.Next(20) == 0);
                }

                episodes.Step(update, rewards, done, cut);
            }
        }

        for (int i = 0; i < 3; i++)
        {
            LoggedPoint[] returns = [.. run.Recording.Of("episode_return").Where(point => point.Environment == $"env-{i}")];
            returns.Select(point => point.Step).Should().Equal(Enumerable.Range(0, returns.Length).Select(episode => (long)episode));
            LoggedPoint[] lengths = [.. run.Recording.Of("episode_length").Where(point => point.Environment == $"env-{i}")];
            lengths.Select(point => point.Value).Should().Equal(returns.Select(point => point.Value), "each step is worth 1");
            (lengths.Sum(point => point.Value) + episodes.Returns[i]).Should().Be(600);
        }
    }

    [Fact]
    public void Means_over_a_window_come_once_for_each_training_step()
    {
        using (Run run = Run.InMemory())
        {
            EpisodeTracker episodes = run.TrackEpisodes(environments: 1, options: new EpisodeTrackerOptions { MeanWindow = 2 });
            double[] rewards = [1, 2, 3, 4];
            foreach (double reward in rewards)
            {
                episodes.Step((long)reward / 2, [reward], [true]);
            }

            run.Close();
            run.Recording.Of("episode_return_mean").Select(point => (point.Scale, point.Step, point.Value))
                .Should().Equal(("ML_STEP", 0, 1), ("ML_STEP", 1, 2.5), ("ML_STEP", 2, 3.5));
            run.Recording.Of("episode_length_mean").Should().HaveCount(3).And.OnlyContain(point => point.Value == 1);
        }

        using Run without = Run.InMemory();
        without.TrackEpisodes(environments: 1, options: new EpisodeTrackerOptions { MeanWindow = 0 }).Step(0, [1.0], [true]);
        without.Close();
        without.Recording.Of("episode_return_mean").Should().BeEmpty();
    }

    [Fact]
    public void A_second_tracker_goes_on_where_the_run_stands()
    {
        using Run run = Run.InMemory();
        EpisodeTracker first = run.TrackEpisodes(environments: 2);
        first.Step(4, [1.0, 1.0], [true, false]);
        first.Step(4, [1.0, 1.0], [false, false]);

        EpisodeTracker second = run.TrackEpisodes(environments: 2);
        second.Episodes.ToArray().Should().Equal([2, 1], "what was interrupted is left as it is");
        run.NextRlStep.Should().Be(5);
    }

    [Fact]
    public void Abandoned_episodes_have_no_return()
    {
        using Run run = Run.InMemory();
        EpisodeTracker episodes = run.TrackEpisodes(environments: 2);
        episodes.Step(0, [5.0, 5.0], [false, true]);
        episodes.Abandon();
        episodes.Step(1, [1.0, 1.0], [true, true]);

        Ended(run, "episode_return").Should().Equal(("env-1", 0, 0, 5), ("env-0", 1, 1, 1), ("env-1", 1, 1, 1));
    }

    [Fact]
    public void The_wrong_number_of_values_changes_nothing()
    {
        using Run run = Run.InMemory();
        EpisodeTracker episodes = run.TrackEpisodes(environments: 2);

        FluentActions.Invoking(() => episodes.Step(0, [1.0], [true, true])).Should().Throw<Native.MetricValidationException>().WithMessage("*'rewards' has 1 value for 2 environments: give one for each.*");
        FluentActions.Invoking(() => episodes.Step(0, [1.0, 2.0], [true])).Should().Throw<Native.MetricValidationException>();
        FluentActions.Invoking(() => episodes.Step(0, [1.0, 2.0], [true, true], [true])).Should().Throw<Native.MetricValidationException>();
        FluentActions.Invoking(() => episodes.Step(-1, [1.0, 2.0], [true, true])).Should().Throw<ArgumentOutOfRangeException>();
        run.Recording.Points.Should().BeEmpty();
        episodes.Returns.ToArray().Should().Equal(0, 0);
        FluentActions.Invoking(() => run.TrackEpisodes(["a", "a"])).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => run.TrackEpisodes(0)).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    [ParityRow("client/environment-owner", "processes", "share the environments", "first")]
    public void Processes_that_share_the_environments_take_each_their_own()
    {
        using Run run = Run.InMemory();

        run.TrackEpisodes(environments: 2, first: 64).Environments.ToArray().Should().Equal("env-64", "env-65");
    }

    [Fact]
    public void An_evaluation_has_series_of_its_own()
    {
        using Run run = Run.InMemory();
        run.Evaluation.TrackEpisodes(1).Step(0, [1.0], [true]);

        run.Recording.Points.Should().NotBeEmpty().And.OnlyContain(point => point.Labels.ContainsKey("evaluation"));
        run.Recording.Of("eval/episode_return").Should().ContainSingle();
    }

    [Fact]
    [ParityRow("client/episode-omitted", "the one after the last")]
    [ParityRow("client/default-environment", "default")]
    public void An_episode_without_a_number_is_the_one_after_the_last_across_training_steps()
    {
        using Run run = Run.InMemory();
        run.LogEpisode("r", 1.0, rlStep: 0);
        run.LogEpisode("r", 2.0, rlStep: 1);
        run.LogEpisode("r", 3.0, rlStep: 1, episode: 7);
        run.LogEpisode("r", 4.0, rlStep: 2);
        run.LogEpisode("r", 5.0, rlStep: 2, environment: "b");
        run.LogEpisode("q", 6.0, rlStep: 2);

        Ended(run, "r").Should().Equal(("default", 0, 0, 1), ("default", 1, 1, 2), ("default", 1, 7, 3), ("default", 2, 8, 4), ("b", 2, 0, 5));
        Ended(run, "q").Should().Equal(("default", 2, 0, 6));
    }

    [Fact]
    [ParityRow("client/many-environments", "grid", "a row for each")]
    [ParityRow("client/episodes-of-a-grid", "episodes", "grid")]
    [ParityRow("client/environment-progress", "GetEnvironmentLastRlStepAndEpisode")]
    public void A_grid_of_values_has_a_row_for_each_environment()
    {
        using Run run = Run.InMemory();
        run.LogEnvironmentStep("reward", new[,] { { 1.0, 2.0, 3.0 }, { 4.0, 5.0, 6.0 } }, rlStep: 3, ["a", "b"], episodes: [0, 0, 1, 5, 5, 5]);
        run.LogEnvironmentStep("speed", [1, 2], rlStep: 3, ["a", "b"], episodes: [1, 5]);
        run.LogEnvironmentStep("one", 9.0, rlStep: 3, episode: 2);

        Rewards(run, "a").Should().Equal((3, 0, 0, 1), (3, 0, 1, 2), (3, 1, 0, 3));
        Rewards(run, "b").Should().Equal((3, 5, 0, 4), (3, 5, 1, 5), (3, 5, 2, 6));
        run.Recording.Of("one").Should().ContainSingle(point => point.Environment == "default" && point.EpisodeNumber == 2);
        run.GetEnvironmentLastRlStepAndEpisode("b").Should().Be((3L, 5L));
        run.GetEnvironmentLastRlStepAndEpisode("unknown").Should().Be(((long?)null, (long?)null));
    }

    private static IEnumerable<(long RlStep, long Episode, long Step, double Value)> Rewards(Run run, string environment) =>
        run.Recording.Of("reward").Where(point => point.Environment == environment)
            .Select(point => (point.RlStep!.Value, point.EpisodeNumber!.Value, point.Step, point.Value));

    private static IEnumerable<(string Environment, long RlStep, long Episode, double Value)> Ended(Run run, string metric) =>
        run.Recording.Of(metric).Select(point => (point.Environment!, point.RlStep!.Value, point.Step, point.Value));
}
