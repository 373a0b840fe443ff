using Metrana.Native;
using Metrana.Tests.Support;

namespace Metrana.Tests;

/// <summary>A call whose numbers do not fit each other throws one type of exception, whoever finds it.</summary>
public class MisfitTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    [ParityRow("client/step-of-a-refused-call", "refuse", "GetLastStep")]
    [ParityRow("client/misfit", "MetricValidationException", "episodes", "environments")]
    [ParityRow("failures/bad-call", "MetricValidationException", "a name", "steps", "environments")]
    public async Task A_run_refuses_them_with_one_type() => Refuses(await Run.StartAsync(shared.Options()));

    [Fact]
    [ParityRow("client/misfit", "MetricValidationException", "in memory")]
    public void A_run_in_memory_does_the_same() => Refuses(Run.InMemory());

    private static void Refuses(Run run)
    {
        using Run ended = run;
        int[] three = [1, 2, 3];
        string[] two = ["env-0", "env-1"];
        EpisodeTracker episodes = run.TrackEpisodes(2);
        Dictionary<string, Action> calls = new()
        {
            ["steps"] = () => run.Log("a", [1.0, 2.0], step: three),
            ["timestamps"] = () => run.Log("a", [1.0, 2.0], timestamp: new long[] { 1 }),
            ["a name"] = () => run.Log("", 1.0),
            ["a name of many"] = () => run.Log(("b", 1.0), ("", 2.0)),
            ["environments"] = () => run.LogEnvironmentStep("r", [1.0, 2.0, 3.0], 0, two),
            ["a width"] = () => run.LogEnvironmentStep("r", [1.0, 2.0, 3.0], 0, two, width: 2),
            ["a grid"] = () => run.LogEnvironmentStep("r", new double[3, 2], 0, two),
            ["a selection"] = () => run.LogEnvironmentStep("r", [1.0, 2.0], 0, two, where: [true]),
            ["episodes of values"] = () => run.LogEnvironmentStep("r", [1.0, 2.0], 0, two, new long[] { 1, 2, 3 }),
            ["returns"] = () => run.LogEpisode("e", [1.0], 0, two),
            ["episodes of returns"] = () => run.LogEpisode("e", [1.0, 2.0], 0, two, new long[] { 1 }),
            ["rows of a handle"] = () => run.RlSeries("r").Log([1.0, 2.0, 3.0], 0, two),
            ["rewards"] = () => episodes.Step(0, [1.0], [true, true]),
            ["a histogram"] = () => run.LogHistogram("h", [double.NaN], step: 0),
            ["bins"] = () => run.LogHistogram("h", [0.0, 1.0, 2.0], new long[] { 1 }, step: 0),
            ["no bins"] = () => run.LogHistogram("h", [0.0], Array.Empty<long>(), step: 0),
            ["edges"] = () => run.LogHistogram("h", [0.0, 0.0], new long[] { 1 }, step: 0),
            ["a name of a histogram"] = () => run.LogHistogram("", [1.0], step: 0),
            ["a name of a scatter"] = () => run.LogScatter("", [1.0], [1.0], step: 0),
            ["a scatter"] = () => run.LogScatter("s", [1.0, 2.0], [1.0], step: 0),
        };
        foreach ((string what, Action call) in calls)
        {
            call.Should().ThrowExactly<MetricValidationException>(what).Which.StatusCode.Should().Be(MetranaStatus.Validation);
        }

        run.GetLastStep("a").Should().BeNull("nothing of them is left");
        run.GetLastStep("b").Should().BeNull();
    }
}
