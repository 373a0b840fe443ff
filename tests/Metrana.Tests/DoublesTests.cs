using System.Reflection;

namespace Metrana.Tests;

/// <summary>The runs that no service is needed for.</summary>
public class DoublesTests
{
    [Fact]
    [ParityRow("client/is-initialized", "takes every call")]
    public void A_disabled_run_takes_every_call()
    {
        Run run = Run.Disabled;
        run.Log("loss", 0.5);
        run.Log("loss", [0.5f]);
        run.Log(("a", 1), ("b", 2));
        run.Log(new { a = 1 });
        run.LogDistributed("d", 1.0, step: 0);
        run.LogHistogram("h", [1.0, 2.0], step: 0);
        run.LogScatter("s", [1.0], [2.0], step: 0);
        run.LogConfig(new { lr = 1 });
        run.Tags.Add("a");
        run.SetDescription("d");
        run.Annotate("x");
        run.LogEpisode("r", 1.0, rlStep: 0);
        run.Series("x").Log(1.0);
        run.RlSeries("y").Log([1.0], 0, "env-0");
        run.TrackEpisodes(2).Step(0, [1.0, 2.0], [true, false]);
        run.Flush();
        run.Fail("why");
        run.Close();
        run.Dispose();
        run.Log("loss", 0.5);

        run.NextRlStep.Should().BeGreaterThanOrEqualTo(0);
        run.Delivery.Should().Be(default(RunDelivery));
        run.GetLastStep("loss").Should().BeNull();
    }

    [Fact]
    public async Task Every_member_of_a_disabled_run_works()
    {
        Run run = Run.Disabled;
        Dictionary<string, Func<object?>> members = new()
        {
            [nameof(run.Annotate)] = () => Do(() => run.Annotate("x", new { file = "y" }, step: 1)),
            [nameof(run.CaptureMeters)] = () => Do(() => run.CaptureMeters("System.Runtime").Dispose()),
            [nameof(run.Close)] = () => Do(() => run.Close()),
            [nameof(run.CloseAsync)] = () => run.CloseAsync(),
            [nameof(run.Detach)] = () => Do(() => run.Detach()),
            [nameof(run.DetachAsync)] = () => run.DetachAsync(),
            [nameof(run.Dispose)] = () => Do(run.Dispose),
            [nameof(run.DisposeAsync)] = () => run.DisposeAsync().AsTask(),
            [nameof(run.Environments)] = () => run.Environments(2),
            [nameof(run.Fail)] = () => Do(() => run.Fail("why")),
            [nameof(run.Flush)] = () => Do(() => run.Flush()),
            [nameof(run.FlushAsync)] = () => run.FlushAsync(),
            [nameof(run.GetEnvironmentLastRlStepAndEpisode)] = () => run.GetEnvironmentLastRlStepAndEpisode(),
            [nameof(run.GetLastStep)] = () => run.GetLastStep("loss"),
            [nameof(run.Log)] = () => Do(() => run.Log("loss", 0.5)),
            [nameof(run.LogAttributes)] = () => Do(() => run.LogAttributes("data", new { rows = 1 })),
            [nameof(run.LogConfig)] = () => Do(() => run.LogConfig(new { lr = 1 })),
            [nameof(run.LogDistributed)] = () => Do(() => run.LogDistributed("d", 1.0, step: 0)),
            [nameof(run.LogEnvironmentAttributes)] = () => Do(() => run.LogEnvironmentAttributes("env-0", new { seed = 1 })),
            [nameof(run.LogEnvironmentStep)] = () => Do(() => run.LogEnvironmentStep("reward", [1.0, 2.0], 0, ["env-0", "env-1"])),
            [nameof(run.LogEpisode)] = () => Do(() => run.LogEpisode("return", 1.0, rlStep: 0)),
            [nameof(run.LogHistogram)] = () => Do(() => run.LogHistogram("h", [1.0, 2.0], step: 0)),
            [nameof(run.LogScatter)] = () => Do(() => run.LogScatter("s", [1.0], [2.0], step: 0)),
            [nameof(run.RlSeries)] = () => Do(() => run.RlSeries("y").Log(1.0, 0, "env-0")),
            [nameof(run.Series)] = () => Do(() => run.Series("x").Log(1.0)),
            [nameof(run.SetDescription)] = () => Do(() => run.SetDescription("d")),
            [nameof(run.Step)] = () => Do(() => run.Step(7).Dispose()),
            [nameof(run.TakeErrors)] = () => run.TakeErrors(),
            [nameof(run.Time)] = () => Do(() => run.Time("seconds").Dispose()),
            [nameof(run.TrackEpisodes)] = () => Do(() => run.TrackEpisodes(1).Step(0, [1.0], [true])),
        };
        typeof(Run).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(method => !method.IsSpecialName && method.Name != nameof(ToString)).Select(method => method.Name).Distinct()
            .Should().BeEquivalentTo(members.Keys, "a new member has to work here too");
        foreach (Func<object?> member in members.Values)
        {
            if (member() is Task task)
            {
                await task;
            }
        }

        foreach (PropertyInfo property in typeof(Run).GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            Func<object?> read = () => property.GetValue(run);
            if (property.Name == nameof(Run.Recording))
            {
                read.Should().Throw<TargetInvocationException>("it keeps nothing");
            }
            else
            {
                read.Should().NotThrow(property.Name);
            }
        }

        run.Evaluation.Log("loss", 0.5);

        static object? Do(Action call)
        {
            call();
            return null;
        }
    }

    [Fact]
    public async Task Options_can_disable_a_run() =>
        (await Run.StartAsync(new RunOptions { Project = "p", Disabled = true })).Should().BeSameAs(Run.Disabled);

    [Fact]
    [ParityRow("client/tags", "Tags.Set")]
    [ParityRow("client/environment-attributes", "LogEnvironmentAttributes", "episode")]
    public void A_run_in_memory_tells_what_it_was_told()
    {
        Run run = Run.InMemory();
        run.LogConfig(new { lr = 0.1, layers = new[] { 64, 32 } });
        run.Tags.Set("a", "b", "a");
        run.Tags.Add("c");
        run.Tags.Remove("a", "z");
        run.SetDescription("sweep");
        run.LogEnvironmentAttributes("env-0", new Dictionary<string, object?> { ["seed"] = 7 });
        run.LogEnvironmentAttributes("env-0", new { map = "small" }, episode: 3);
        run.Fail(new InvalidOperationException("diverged"));
        run.Close();

        run.Recording.Attributes.Should().BeEquivalentTo(
            new Dictionary<string, object?> { ["config/lr"] = 0.1, ["config/layers/0"] = 64, ["config/layers/1"] = 32 });
        run.Recording.Tags.Should().Equal("b", "c");
        run.Recording.Description.Should().Be("sweep");
        run.Recording.EnvironmentAttributes("env-0").Should().BeEquivalentTo(new Dictionary<string, object?> { ["seed"] = 7 });
        run.Recording.EnvironmentAttributes("env-0", 3).Should().BeEquivalentTo(new Dictionary<string, object?> { ["map"] = "small" });
        run.Recording.Closed.Should().BeTrue();
        run.Recording.Outcome.Should().Be(RunOutcome.Failed);
        run.Recording.Message.Should().Be("InvalidOperationException: diverged");
        run.Outcome.Should().Be(RunOutcome.Failed);
    }

    [Fact]
    public void Only_a_run_in_memory_has_a_recording() =>
        FluentActions.Invoking(() => Run.Disabled.Recording).Should().Throw<InvalidOperationException>().WithMessage("*Run.InMemory()*");

    [Fact]
    [ParityRow("client/after-the-end", "ObjectDisposedException")]
    public void A_run_that_has_ended_takes_nothing_more()
    {
        Run run = Run.InMemory();
        Series series = run.Series("a");
        EpisodeTracker episodes = run.TrackEpisodes(1);
        run.Log("a", 1.0);
        run.Dispose();
        run.Dispose();

        FluentActions.Invoking(() => run.Log("a", 2.0)).Should().Throw<ObjectDisposedException>().WithMessage("*in-memory has ended*");
        FluentActions.Invoking(() => run.Log("a", (double?)null)).Should().Throw<ObjectDisposedException>();
        FluentActions.Invoking(() => series.Log(2.0)).Should().Throw<ObjectDisposedException>();
        FluentActions.Invoking(() => episodes.Step(0, [1.0], [true])).Should().Throw<ObjectDisposedException>();
        FluentActions.Invoking(() => run.Annotate("x")).Should().Throw<ObjectDisposedException>();
        run.Recording.Points.Should().ContainSingle();
        run.Recording.Outcome.Should().Be(RunOutcome.Finished);
    }

    [Fact]
    [ParityRow("client/leave", "Detach")]
    public void Leaving_a_run_does_not_close_it()
    {
        Run run = Run.InMemory();
        run.Detach();

        run.Recording.Closed.Should().BeFalse();
        run.Recording.Outcome.Should().Be(RunOutcome.Running);
    }

    [Fact]
    [ParityRow("client/log-threads", "many threads")]
    public void Many_threads_log_at_once()
    {
        using Run run = Run.InMemory();
        Parallel.For(0, 8, thread =>
        {
            string own = $"own-{thread}";
            for (int i = 0; i < 500; i++)
            {
                run.Log("shared", 1.0);
                run.Log(own, i);
            }
        });

        run.Recording.Of("shared").Select(point => point.Step).Should().BeEquivalentTo(Enumerable.Range(0, 4000).Select(step => (long)step));
        run.Recording.Of("own-3").Select(point => point.Value).Should().BeInAscendingOrder().And.HaveCount(500);
    }
}
