using Metrana.Tests.Support;

namespace Metrana.Tests;

/// <summary>The calls of a hot loop leave nothing to the garbage collector.</summary>
public class AllocationTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task Hot_calls_allocate_nothing()
    {
        await using Run run = await Run.StartAsync(shared.Options());
        Series series = run.Series("handle");
        RlSeries rl = run.RlSeries("rl_handle");
        string[] environments = run.Environments(8);
        EpisodeTracker episodes = run.TrackEpisodes(environments: 8, options: new EpisodeTrackerOptions { MeanWindow = 0 });
        float[] rewards = new float[8];
        float[] column = new float[16];
        bool[] none = new bool[8];
        bool[] some = [true, false, true, false, false, false, false, true];
        bool[] all = [true, true, true, true, true, true, true, true];

        Allocation.OfOneCall(() => series.Log(1.0)).Should().Be(0);
        Allocation.OfOneCall(() => series.Log(column)).Should().Be(0);
        Allocation.OfOneCall(() => rl.Log(rewards, 1, environments)).Should().Be(0);
        Allocation.OfOneCall(() => rl.Log(rewards, 1, environments, where: some)).Should().Be(0);
        Allocation.OfOneCall(() => rl.Log(1.0, 1, "env-0")).Should().Be(0);
        Allocation.OfOneCall(() => run.Log("scalar", 1.0)).Should().Be(0);
        Allocation.OfOneCall(() => run.Log("column", column)).Should().Be(0);
        Allocation.OfOneCall(() => run.Log(("a", 1.0), ("b", 2.0))).Should().Be(0);
        Allocation.OfOneCall(() => episodes.Step(1, rewards, none)).Should().Be(0);
        Allocation.OfOneCall(() => episodes.Step(1, rewards, all)).Should().Be(0);
        Allocation.OfOneCall(() =>
        {
            using (run.Time("seconds"))
            {
            }
        }).Should().Be(0);
    }

    [Fact]
    public void The_measure_itself_sees_an_allocation() => Allocation.OfOneCall(() => GC.KeepAlive(new object())).Should().BeGreaterThan(0);
}
