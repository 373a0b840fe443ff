using Metrana.Native.Tests.Support;
using Metrana.Server;

namespace Metrana.Native.Tests;

/// <summary>What a logger says of its series and environments: names, last steps and last values.</summary>
public sealed class StateTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly LocalServer _server = fixture.Server;

    [Fact]
    public void Every_series_is_listed_with_its_last_step_and_value()
    {
        using Logger logger = new(Runs.Config(_server));
        logger.ListSeries().Should().BeEmpty();
        Series loss = logger.Series("loss", Scale.MlStep, [("gpu", "0"), ("a", "größe")]);
        for (int i = 0; i < 50; i++)
        {
            loss.Log(i + 0.5);
        }

        logger.LogStdFloats("loss", Scale.MlStep, -1.0, labels: [("gpu", "0"), ("a", "größe")], steps: 7);
        logger.LogDistributedFloats("shared", "S", 0.1f, 3);
        logger.LogHistogram("counts", Scale.MlStep, [0, 1, 2], [3, 4], 8);
        logger.LogRlFloats("reward", Scale.EnvironmentStep, [1.0, 2.0], 6, ["e0", "e1"], episodes: 9);
        logger.Flush();
        logger.Close();

        IReadOnlyList<SeriesState> all = logger.ListSeries();
        all.Select(series => series.Metric).Should().Equal("loss", "shared", "counts", "reward");
        all[0].LastStep.Should().Be(49);
        all[0].LastValue.Should().Be(49.5);
        all[0].Labels.Should().Equal(KeyValuePair.Create("a", "größe"), KeyValuePair.Create("gpu", "0"));
        (all[0].Scale, all[0].Content, all[0].IsDistributed, all[0].IsReinforcementLearning).Should().Be((Scale.MlStep, SeriesContent.Floats, false, false));
        (all[1].IsDistributed, all[1].LastStep, all[1].LastValue).Should().Be((true, 3, 0.1f));
        (all[2].Content, all[2].LastStep, all[2].LastValue, all[2].IsDistributed).Should().Be((SeriesContent.Histograms, 8L, null, false));
        (all[3].IsReinforcementLearning, all[3].HasEpisodes, all[3].LastStep, all[3].LastValue).Should().Be((true, true, 6, 2));

        logger.ListEnvironments().Should().Equal(
            new EnvironmentState { Name = "e0", LastRlStep = 6, LastEpisode = 9 },
            new EnvironmentState { Name = "e1", LastRlStep = 6, LastEpisode = 9 });
        logger.Dispose();
        logger.Invoking(l => l.ListSeries()).Should().Throw<ObjectDisposedException>();
        logger.Invoking(l => l.ListEnvironments()).Should().Throw<ObjectDisposedException>();
    }

    [Fact]
    public void A_resumed_logger_knows_the_steps_of_before()
    {
        LoggerConfig config = Runs.Config(_server);
        using (Logger first = new(config))
        {
            first.LogStdFloats("loss", Scale.MlStep, [0.5, 0.25]);
            first.LogRlFloats("reward", Scale.EnvironmentStep, 1.0, 6, "e0", episodes: 9);
        }

        config.Resume = ResumeStrategy.Allow;
        using Logger second = new(config);
        SeriesState loss = second.ListSeries().Single(series => series.Metric == "loss");
        (loss.LastStep, loss.LastValue).Should().Be((1L, null));
        second.ListEnvironments().Should().Equal(new EnvironmentState { Name = "e0", LastRlStep = 6, LastEpisode = 9 });
        second.LogStdFloats("loss", Scale.MlStep, 0.125);
        loss = second.ListSeries().Single(series => series.Metric == "loss");
        (loss.LastStep, loss.LastValue).Should().Be((2L, 0.125));
    }
}
