using FluentAssertions;
using Metrana.Tool.Tests.Support;
using Xunit;

namespace Metrana.Tool.Tests;

public sealed class DeleteTests(RunsFixture runs) : IClassFixture<RunsFixture>
{
    [Fact]
    public async Task Somebody_who_says_no_keeps_the_run_and_yes_removes_it()
    {
        var id = await RunAsync("asked");
        foreach (var no in (string[])["n", "", "nope"])
        {
            var kept = await Terminal(no).RunAsync("delete", id);
            kept.Code.Should().Be(1);
            kept.Error.Should().Contain("asked").And.Contain("Nothing was deleted");
        }

        var gone = await Terminal("y").RunAsync("delete", id);

        gone.Code.Should().Be(0);
        gone.Output.Should().Contain($"deleted scratch/asked ({id})");
        (await runs.Tool().RunAsync("show", id)).Code.Should().Be(3);
    }

    [Fact]
    public async Task A_script_has_to_say_yes_and_one_wrong_name_keeps_all()
    {
        var id = await RunAsync("kept");
        (await runs.Tool().RunAsync("delete", id)).Code.Should().Be(2);
        (await runs.Tool().RunAsync("delete", id, "no-such-run", "--yes")).Code.Should().Be(3);
        (await runs.Tool().RunAsync("show", id)).Code.Should().Be(0);

        var gone = await runs.Tool().RunAsync("delete", id, id, "--yes", "--json");

        gone.Json.GetProperty("deleted").EnumerateArray().Should().ContainSingle();
    }

    private TestTool Terminal(string answer) => new() { Data = runs.Data, IsTerminal = true, Input = answer + "\n" };

    private async Task<string> RunAsync(string name)
    {
        await using var run = await runs.StartAsync("scratch", name);
        run.Log("loss", 1, step: 0);
        return run.Id;
    }
}
