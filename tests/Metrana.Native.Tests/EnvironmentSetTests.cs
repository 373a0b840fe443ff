using Metrana.Native.Tests.Support;
using Metrana.Server;

namespace Metrana.Native.Tests;

/// <summary>Many environments by number, parts of them, and those alone that are done.</summary>
public sealed class EnvironmentSetTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly LocalServer _server = fixture.Server;

    [Fact]
    public void They_are_named_by_number_and_can_be_counted_indexed_and_sliced()
    {
        using Logger logger = new(Runs.Config(_server));

        EnvironmentSet all = logger.Environments(64);
        EnvironmentSet walkers = logger.Environments(2, "walker-");

        all.Should().HaveCount(64).And.StartWith("env-0").And.EndWith("env-63");
        all[7].Should().Be("env-7");
        all[1..3].Should().Equal("env-1", "env-2");
        all.Only(63).Should().Equal("env-63");
        walkers.Should().Equal("walker-0", "walker-1");
        logger.Environments(0).Should().BeEmpty();
        logger.Invoking(l => l.Environments(-1)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("count");
        logger.Invoking(l => l.Environments(1, "a/")).Should().Throw<MetricValidationException>();
        all.Invoking(a => a.Slice(60, 5)).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public async Task A_handle_takes_names_sets_and_slices()
    {
        using Logger logger = new(Runs.Config(_server));
        EnvironmentSet all = logger.Environments(3);
        RlSeries reward = logger.RlSeries("reward", Scale.EnvironmentStep);

        reward.Log(1, 0, "env-0");
        reward.Log([2.0, 3.0], 0, ["env-1", "new"]);
        reward.Log((int[])[4, 5], 0, all[1..]);
        reward.Log(true, 0, all.Only(0));

        logger.Flush();
        (await _server.RlPointsAsync(logger.RunIdHex, "reward", "env-0")).Values.Should().Equal(1, 1);
        (await _server.RlPointsAsync(logger.RunIdHex, "reward", "env-1")).Values.Should().Equal(2, 4);
        (await _server.RlPointsAsync(logger.RunIdHex, "reward", "env-2")).Values.Should().Equal(5);
        (await _server.RlPointsAsync(logger.RunIdHex, "reward", "new")).Values.Should().Equal(3);
    }

    [Fact]
    public async Task Only_the_environments_that_are_done_are_logged_with_what_is_theirs()
    {
        using Logger logger = new(Runs.Config(_server));
        EnvironmentSet all = logger.Environments(4);
        RlSeries returns = logger.RlSeries("return", Scale.Episode);
        float[] values = [10, 11, 12, 13];
        int[] episodes = [5, 6, 7, 8];
        bool[] done = [false, true, false, true];

        returns.Log(values, 3, all, steps: episodes, timestamps: new long[] { 1, 2, 3, 4 }, where: done);
        returns.Log(values, 3, all, steps: episodes, where: new bool[4]);

        logger.Flush();
        logger.GetMetrics().RlFloatPoints.Added.Should().Be(2);
        StoredRlPoints one = await _server.RlPointsAsync(logger.RunIdHex, "return", "env-1");
        StoredRlPoints three = await _server.RlPointsAsync(logger.RunIdHex, "return", "env-3");
        (one.Values[0], one.EnvSteps[0], one.TimestampsMillis[0]).Should().Be((11.0, 6L, 2L));
        (three.Values[0], three.EnvSteps[0], three.TimestampsMillis[0]).Should().Be((13.0, 8L, 4L));
    }

    [Fact]
    public async Task Rows_of_a_grid_are_left_out_whole()
    {
        using Logger logger = new(Runs.Config(_server));
        RlSeries reward = logger.RlSeries("reward", Scale.EnvironmentStep, episodic: true);

        reward.Log([1, 2, 3, 4, 5, 6], 0, ["a", "b", "c"], Episodes.PerEnvironment([7, 8, 9]), EnvironmentSteps.Grid([0, 1, 10, 11, 20, 21]), width: 2, where: [true, false, true]);

        logger.Flush();
        logger.GetMetrics().RlFloatPoints.Added.Should().Be(4);
        StoredRlPoints c = await _server.RlPointsAsync(logger.RunIdHex, "reward", "c");
        c.Values.Should().Equal(5, 6);
        c.EnvSteps.Should().Equal(20, 21);
        (await _server.RlPointsAsync(logger.RunIdHex, "reward", "a")).Values.Should().Equal(1, 2);
    }

    [Fact]
    public void A_selection_that_does_not_fit_says_so_and_changes_nothing()
    {
        using Logger logger = new(Runs.Config(_server));
        EnvironmentSet all = logger.Environments(3);
        RlSeries reward = logger.RlSeries("reward", Scale.EnvironmentStep);

        reward.Invoking(r => r.Log([1, 2, 3], 0, all, where: [true])).Should().Throw<MetricValidationException>()
            .WithMessage("'where' has 1 answer for 3 environments*");
        reward.Invoking(r => r.Log([1, 2, 3], 0, all, steps: (long[])[1, 2], where: [true, true, true])).Should().Throw<MetricValidationException>()
            .WithMessage("*do not fit 3 environments*");

        logger.GetMetrics().RlFloatPoints.Added.Should().Be(0);
    }

    [Fact]
    public async Task Steps_of_one_kind_are_steps_of_the_other()
    {
        using Logger logger = new(Runs.Config(_server));
        RlSeries reward = logger.RlSeries("reward", Scale.EnvironmentStep);

        reward.Log([1, 2], 0, "a", steps: Steps.From(3));
        reward.Log([1, 2], 1, "a", steps: Steps.Each([7, 9]));
        reward.Log([1], 2, "a", steps: Steps.Auto);

        logger.Flush();
        (await _server.RlPointsAsync(logger.RunIdHex, "reward", "a")).EnvSteps.Should().Equal(3, 4, 7, 9, 0);
    }
}
