using Metrana.Native;
using Metrana.Server;
using Metrana.Tests.Support;

namespace Metrana.Tests;

/// <summary>
/// What a run is started as: beside another one, in an experiment, as a fork, in a project that is not there yet, or once more.
/// </summary>
public class StartTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    [ParityRow("client/second-init", "several runs of one process go their own ways")]
    public async Task Several_runs_of_one_process_go_their_own_ways()
    {
        await using Run first = await Run.StartAsync(shared.Options());
        await using Run second = await Run.StartAsync(shared.Options());
        first.Log("loss", 1.0);
        second.Log("loss", 2.0);
        await first.CloseAsync();
        second.Log("loss", 3.0);
        await second.CloseAsync();

        (await shared.PointsAsync(first, "loss")).Values.Should().Equal(1);
        (await shared.PointsAsync(second, "loss")).Values.Should().Equal(2, 3);
    }

    [Fact]
    [ParityRow("client/is-initialized", "Run.Current", "Run.Disabled", "without an open run")]
    public async Task Without_an_open_run_the_current_one_is_disabled()
    {
        using Child child = Child.Play("no-run", shared.Server.Endpoint, "none");

        (await child.HearAsync()).Should().Be($"Run.Current is Run.Disabled: {true}");
        (await child.EndAsync()).ExitCode.Should().Be(0);
    }

    [Fact]
    [ParityRow("client/experiment", "experiment")]
    public async Task A_run_belongs_to_its_experiment()
    {
        RunOptions options = shared.Options();
        options.Experiment = "ablation";
        await using Run run = await Run.StartAsync(options);

        (await shared.FindAsync(run)).Experiment.Should().Be("ablation");
    }

    [Fact]
    [ParityRow("client/fork", "ForkFrom", "ForkStep", "goes on from a step of its parent")]
    public async Task A_fork_goes_on_from_a_step_of_its_parent()
    {
        Run parent = await Run.StartAsync(shared.Options());
        parent.Log("loss", [0.0, 1.0, 2.0, 3.0]);
        await parent.CloseAsync();
        RunOptions options = shared.Options();
        (options.ForkFrom, options.ForkStep) = (parent.Name, 1);
        Run fork = await Run.StartAsync(options);
        fork.WasCreated.Should().BeTrue();
        fork.GetLastStep("loss").Should().Be(1);
        fork.Log("loss", 20.0);
        await fork.CloseAsync();

        (await shared.FindAsync(fork)).ForkPoint.Should().Be(new StoredForkPoint { ParentRunName = parent.Name, ForkStep = 1 });
        (await shared.PointsAsync(fork, "loss")).Steps.Should().Equal([2], "the points up to the fork stay with its parent");
        StoredPoints curve = await shared.CurveAsync(fork, "loss");
        curve.Steps.Should().Equal(0, 1, 2);
        curve.Values.Should().Equal(0, 1, 20);
        (await shared.PointsAsync(parent, "loss")).Values.Should().Equal(0, 1, 2, 3);
    }

    [Fact]
    [ParityRow("client/create-project", "a project that is not there is created", "create_project_if_missing")]
    public async Task A_project_that_is_not_there_is_created_unless_that_is_forbidden()
    {
        RunOptions options = shared.Options();
        (options.Project, options.CreateProjectIfMissing) = ($"project-{Guid.NewGuid():N}", false);
        await FluentActions.Awaiting(() => Run.StartAsync(options)).Should().ThrowAsync<LoggerInitException>();

        options.CreateProjectIfMissing = null;
        await using Run run = await Run.StartAsync(options);
        run.WasCreated.Should().BeTrue();
    }

    [Fact]
    public async Task A_continued_run_that_logs_nothing_but_episodes_goes_on_with_the_next_one()
    {
        RunOptions options = shared.Options(SharedServer.NewName());
        options.Resume = ResumeStrategy.Allow;
        await using (Run first = await Run.StartAsync(options))
        {
            for (int update = 0; update < 3; update++)
            {
                first.LogEpisode("return", update, rlStep: update);
            }
        }

        await using Run second = await Run.StartAsync(options);
        second.LogEpisode("return", 3.0, rlStep: 3);
        await second.CloseAsync();

        (await shared.RlPointsAsync(second, "return", "default")).EnvSteps.Should().Equal(0, 1, 2, 3);
    }

    [Fact]
    public void A_thread_whose_context_runs_nothing_while_it_waits_starts_flushes_and_ends_a_run()
    {
        // As in a program with windows: what is posted to the context waits for the thread, and the thread waits in Start.
        Exception? failure = null;
        Thread thread = new(() =>
        {
            SynchronizationContext.SetSynchronizationContext(new Busy());
            failure = Record.Exception(() =>
            {
                using Run run = Run.Start(shared.Options());
                run.Log("loss", 0.5);
                run.Flush();
                run.Close();
            });
        })
        {
            IsBackground = true,
        };
        thread.Start();

        thread.Join(TimeSpan.FromMinutes(2)).Should().BeTrue("nothing waits for the context");
        failure.Should().BeNull();
    }

    [Fact]
    public async Task A_later_start_of_the_process_belongs_to_the_same_job_and_joins_the_run_of_that_name()
    {
        string name = SharedServer.NewName();
        Run first = await Run.StartAsync(shared.Options(name));
        await first.CloseAsync();

        await using Run second = await Run.StartAsync(shared.Options(name));

        (second.Id, second.WasCreated).Should().Be((first.Id, false));
    }

    private sealed class Busy : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state)
        {
        }
    }
}
