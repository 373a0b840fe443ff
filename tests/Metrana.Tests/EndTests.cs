using System.Globalization;
using Metrana.Server;
using Metrana.Tests.Support;

namespace Metrana.Tests;

/// <summary>How a run ends, whatever becomes of the process.</summary>
public class EndTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    [ParityRow("client/never-closed", "an exception that nobody catches")]
    [ParityRow("failures/end", "exception", "Failed")]
    public async Task An_exception_that_nobody_catches_delivers_and_is_the_outcome()
    {
        string name = SharedServer.NewName();
        using Child child = Child.Play("throw", shared.Server.Endpoint, name);
        (int exitCode, string errors) = await child.EndAsync();

        exitCode.Should().NotBe(0);
        errors.Should().Contain($"run tests/{name} failed after").And.Contain("InvalidOperationException: the loss is NaN");
        await ShouldHaveAsync(name, "loss", RunStatus.Failed);
    }

    [Theory]
    [InlineData("leave-using", "failed after [0-9.]+ s: InvalidOperationException: the loss is NaN")]
    [InlineData("leave-await-using", "failed after all: InvalidOperationException: the loss is NaN")]
    [InlineData("leave-wrapped", "failed after all: IOException: no model")]
    public async Task An_exception_that_leaves_the_block_of_a_run_and_ends_the_process_is_the_outcome(string part, string says)
    {
        string name = SharedServer.NewName();
        using Child child = Child.Play(part, shared.Server.Endpoint, name);
        (int exitCode, string errors) = await child.EndAsync();

        exitCode.Should().NotBe(0);
        errors.Should().MatchRegex($"run tests/{name} {says}");
        await ShouldHaveAsync(name, "loss", RunStatus.Failed);
    }

    [Theory]
    [InlineData("leave-caught")]
    [InlineData("catch-inside")]
    [InlineData("log-afterwards")]
    public async Task An_exception_that_was_caught_or_thrown_elsewhere_does_not_make_a_finished_run_fail(string part)
    {
        string name = SharedServer.NewName();
        using Child child = Child.Play(part, shared.Server.Endpoint, name);
        (int exitCode, string errors) = await child.EndAsync();

        exitCode.Should().NotBe(0);
        errors.Should().Contain($"run tests/{name} finished after").And.NotContain("failed after");
        await ShouldHaveAsync(name, "loss", RunStatus.Finished);
    }

    [Fact]
    [ParityRow("client/never-closed", "a run that nobody disposed is closed with the process")]
    [ParityRow("failures/end", "Finished")]
    public async Task A_run_that_nobody_disposed_is_closed_with_the_process()
    {
        string name = SharedServer.NewName();
        using Child child = Child.Play("forget", shared.Server.Endpoint, name);
        (int exitCode, string errors) = await child.EndAsync();

        exitCode.Should().Be(0);
        errors.Should().Contain($"run tests/{name} finished after");
        await ShouldHaveAsync(name, "loss", RunStatus.Finished);
    }

    [Theory]
    [InlineData("TERM", "SIGTERM")]
    [InlineData("HUP", "SIGHUP")]
    [InlineData("INT", "Ctrl-C")]
    [ParityRow("failures/signal", "SIGTERM", "SIGHUP", "Ctrl-C", "Aborted")]
    public async Task A_signal_ends_the_run_as_aborted(string signal, string says)
    {
        string name = SharedServer.NewName();
        using Child child = Child.Play("wait", shared.Server.Endpoint, name);
        (await child.HearAsync()).Should().Be("waiting");
        child.Signal(signal);
        (int exitCode, string errors) = await child.EndAsync();

        exitCode.Should().NotBe(0);
        errors.Should().MatchRegex($"run tests/{name} aborted after [0-9.]+ s: {says}");
        await ShouldHaveAsync(name, "loss", RunStatus.Aborted);
    }

    [Fact]
    [ParityRow("failures/handled-ctrl-c", "handles", "Aborted")]
    public async Task A_program_that_handles_Ctrl_C_finishes_in_its_own_time()
    {
        string name = SharedServer.NewName();
        using Child child = Child.Play("handle", shared.Server.Endpoint, name);
        (await child.HearAsync()).Should().Be("waiting");
        child.Signal("INT");

        (await child.HearAsync()).Should().Be("Aborted");
        (await child.EndAsync()).ExitCode.Should().Be(0);
        await ShouldHaveAsync(name, "last", RunStatus.Aborted);
    }

    [Fact]
    [ParityRow("client/log-threads", "threads")]
    [ParityRow("client/distributed", "processes")]
    [ParityRow("client/siblings", "process")]
    public async Task Two_processes_with_eight_threads_each_share_a_run()
    {
        string name = SharedServer.NewName();
        using Child first = Child.Play("threads", shared.Server.Endpoint, name, "0", ("SLURM_JOB_ID", "42"));
        using Child second = Child.Play("threads", shared.Server.Endpoint, name, "1", ("SLURM_JOB_ID", "42"));
        (await first.HearAsync()).Should().Be("8000");
        (await second.HearAsync()).Should().Be("8000");
        (await first.EndAsync()).ExitCode.Should().Be(0);
        (await second.EndAsync()).ExitCode.Should().Be(0);

        StoredRun run = (await shared.Server.FindRunAsync(name))!;
        IReadOnlyList<StoredSeries> series = await shared.Server.GetSeriesAsync(run.RunId);
        StoredPoints all = await shared.Server.GetPointsAsync(run.RunId, series.Single(one => one.Metric == "shared").Id);
        all.Steps.Order().Should().Equal(Enumerable.Range(0, 8000).Select(step => (long)step));
        series.Where(one => one.Metric.StartsWith("own/", StringComparison.Ordinal)).Should().HaveCount(16).And.OnlyContain(one => one.Points == 500);
    }

    [Fact]
    [ParityRow("client/environment-progress-resumed", "NextRlStep", "TrackEpisodes")]
    [ParityRow("failures/killed", "training goes on", "ResumeStrategy.Allow")]
    public async Task Training_goes_on_after_a_process_was_killed()
    {
        string name = SharedServer.NewName();
        long last;
        using (Child killed = Child.Play("episodes", shared.Server.Endpoint, name, null, ("METRANA_RESUME_STRATEGY", "allow")))
        {
            do
            {
                last = long.Parse(await killed.HearAsync(), CultureInfo.InvariantCulture);
            }
            while (last < 3);

            killed.Signal("KILL");
            await killed.EndAsync();
        }

        RunOptions options = shared.Options(name);
        options.Resume = ResumeStrategy.Allow;
        Run run = await Run.StartAsync(options);
        EpisodeTracker episodes = run.TrackEpisodes(environments: 4);
        long next = run.NextRlStep;
        next.Should().BeGreaterThanOrEqualTo(last + 1);
        long[] resumed = episodes.Episodes.ToArray();
        resumed[2].Should().Be(1, "its first episode was under way");
        episodes.Step(next, [1.0, 1.0, 1.0, 1.0], [true, true, true, true]);
        await run.CloseAsync();

        StoredRlPoints returns = await shared.RlPointsAsync(run, "episode_return", "env-0");
        returns.EnvSteps.Should().OnlyHaveUniqueItems().And.BeInAscendingOrder();
        returns.EnvSteps[^1].Should().Be(resumed[0]);
        returns.RlSteps[^1].Should().Be(next);
    }

    [Fact]
    [ParityRow("failures/no-native-library", "native")]
    public async Task The_doubles_load_nothing_native()
    {
        using Child child = Child.Play("nothing", shared.Server.Endpoint, "none");

        (await child.HearAsync()).Should().Be("False");
        (await child.EndAsync()).ExitCode.Should().Be(0);
    }

    [Fact]
    [ParityRow("client/leave", "DetachAsync")]
    public async Task A_process_that_leaves_does_not_close_the_run()
    {
        Run run = await Run.StartAsync(shared.Options());
        run.Log("loss", 1.0);
        await run.DetachAsync();

        await ShouldHaveAsync(run.Name, "loss", RunStatus.Running);
        run.Outcome.Should().Be(RunOutcome.Running);
    }

    private async Task ShouldHaveAsync(string name, string metric, RunStatus status)
    {
        StoredRun run = (await shared.Server.FindRunAsync(name))!;
        run.Status.Should().Be(status);
        run.Closed.Should().Be(status != RunStatus.Running);
        (await shared.Server.GetSeriesAsync(run.RunId)).Single(series => series.Metric == metric).Points.Should().Be(1);
    }
}
