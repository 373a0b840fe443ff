using FluentAssertions;
using Metrana.Tool.Tests.Support;
using Xunit;

namespace Metrana.Tool.Tests;

public sealed class ShowTests(RunsFixture runs) : IClassFixture<RunsFixture>
{
    [Fact]
    public async Task A_run_is_shown_with_its_configuration_and_curves()
    {
        var result = await runs.Tool().RunAsync("show", "walker/ppo-1");

        result.Code.Should().Be(0);
        result.Lines.Should().Contain("config/lr\t0.0003").And.Contain("config/note\ttwo lines");
        var loss = result.Lines.Single(line => line.StartsWith("train/loss\t", StringComparison.Ordinal)).Split('\t');
        loss[1..6].Should().Equal("200", "199", "0.005", "0.005", "1");
        loss[6].Should().HaveLength(24).And.StartWith("█").And.EndWith("▁");
        result.Lines.Should().Contain(line => line.StartsWith("eval/loss {split=test}\t1\t0\t0.5", StringComparison.Ordinal));
        result.Lines.Should().Contain(line => line.StartsWith("gradients\t1\t1\t\t\t\thistogram", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Json_has_attributes_and_series()
    {
        var json = (await runs.Tool().RunAsync("show", "ppo-1", "--json")).Json;

        json.GetProperty("attributes").GetProperty("config/lr").GetDouble().Should().Be(3e-4);
        json.GetProperty("run").GetProperty("tags")[0].GetString().Should().Be("baseline");
        var reward = json.GetProperty("series").EnumerateArray().Single(series => series.GetProperty("metric").GetString() == "reward");
        reward.GetProperty("world").GetString().Should().Be("rl");
        reward.GetProperty("environments").GetInt32().Should().Be(2);
        reward.GetProperty("max").GetDouble().Should().Be(20);
    }

    [Fact]
    public async Task A_run_is_found_by_the_beginning_of_its_id_its_name_or_as_the_latest()
    {
        (await runs.Tool().RunAsync("show", runs.WalkerId[..12])).Output.Should().Contain("walker/ppo-1");
        (await runs.Tool().RunAsync("show", "local/walker/ppo-1")).Output.Should().Contain(runs.WalkerId);
        (await runs.Tool().RunAsync("show", "latest")).Output.Should().Contain("other/broken");
    }

    [Fact]
    public async Task What_is_not_there_or_not_clear_is_refused_with_advice()
    {
        var missing = await runs.Tool().RunAsync("show", "ppo");
        missing.Code.Should().Be(3);
        missing.Error.Should().Contain("no run 'ppo'").And.Contain("walker/ppo-1");
        missing.Output.Should().BeEmpty();

        var unclear = await runs.Tool().RunAsync("show", "");
        unclear.Code.Should().Be(2);

        var series = await runs.Tool().RunAsync("show", "ppo-1", "--metric", "nothing/*");
        series.Code.Should().Be(3);
        series.Error.Should().Contain("'nothing/*'").And.Contain("train/loss");
    }
}
