using FluentAssertions;
using Metrana.Tool.Tests.Support;
using Xunit;

namespace Metrana.Tool.Tests;

public sealed class TailTests(RunsFixture runs) : IClassFixture<RunsFixture>
{
    [Fact]
    public async Task The_last_points_and_the_last_steps_of_the_training_are_printed()
    {
        var result = await runs.Tool().RunAsync("tail", "ppo-1", "train/loss", "reward", "-n", "2");

        result.Lines.Should().Equal(
            $"198\ttrain/loss\t{1.0 / 199:R}",
            "199\ttrain/loss\t0.005",
            "2\treward\t8.75\tmin 2\tmax 20\tn 4",
            "3\treward\t9.25\tmin 3\tmax 20\tn 4");
    }

    [Fact]
    public async Task Points_are_printed_as_they_come_until_the_run_ends()
    {
        using var end = new CancellationTokenSource(TestTool.Deadline);
        await using var output = new LockedWriter();
        var run = await runs.StartAsync("live", $"followed-{Guid.NewGuid():N}");
        run.Log("loss", 0.5, step: 0);
        run.LogEnvironmentStep("reward", new double[] { 1, 3 }, 0, ["a", "b"]);
        await run.FlushAsync();
        var tail = runs.Tool().RunAsync(["tail", run.Id, "-f"], output, end.Token);
        await Eventually.ShouldAsync(() => output.ToString().Contains("0\tloss\t0.5"), "the first point", TestTool.Deadline);

        run.Log("loss", 0.25, step: 1);
        run.LogEnvironmentStep("reward", new double[] { 5, 7 }, 1, ["a", "b"]);
        await run.FlushAsync();
        await Eventually.ShouldAsync(() => output.ToString().Contains("1\tloss\t0.25"), "the second point", TestTool.Deadline);
        await run.DisposeAsync();
        var result = await tail;

        result.Code.Should().Be(0, result.Error);
        result.Lines.Should().OnlyHaveUniqueItems().And.BeEquivalentTo(
            "0\tloss\t0.5", "1\tloss\t0.25", "0\treward\t2\tmin 1\tmax 3\tn 2", "1\treward\t6\tmin 5\tmax 7\tn 2");
    }

    [Fact]
    public async Task Ctrl_C_ends_it_with_130()
    {
        using var end = new CancellationTokenSource();
        await using var output = new LockedWriter();
        await using var run = await runs.StartAsync("live", $"left-{Guid.NewGuid():N}");
        run.Log("loss", 0.5, step: 0);
        await run.FlushAsync();
        var tail = runs.Tool().RunAsync(["tail", run.Id, "-f", "--json"], output, end.Token);
        await Eventually.ShouldAsync(() => output.ToString().Contains("\"value\":0.5"), "the first point", TestTool.Deadline);

        await end.CancelAsync();

        (await tail).Code.Should().Be(130);
    }
}
