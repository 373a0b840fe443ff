using System.Globalization;
using FluentAssertions;
using Metrana.Tool.Tests.Support;
using Xunit;

namespace Metrana.Tool.Tests;

public sealed class GetTests(RunsFixture runs) : IClassFixture<RunsFixture>
{
    [Fact]
    public async Task Every_point_comes_with_every_digit()
    {
        var rows = (await runs.Tool().RunAsync("get", "ppo-1", "train/loss")).Rows;

        rows.Should().HaveCount(RunsFixture.Steps);
        for (var step = 0; step < RunsFixture.Steps; step++)
        {
            rows[step][0].Should().Be(step.ToString(CultureInfo.InvariantCulture));
            DateTimeOffset.Parse(rows[step][1], CultureInfo.InvariantCulture).ToUnixTimeMilliseconds().Should().Be(1_700_000_000_000 + step);
            double.Parse(rows[step][2], CultureInfo.InvariantCulture).Should().Be(1.0 / (step + 1));
        }
    }

    [Fact]
    public async Task A_range_and_the_last_ones_are_less()
    {
        (await runs.Tool().RunAsync("get", "ppo-1", "train/loss", "--from", "3", "--to", "5")).Rows.Select(row => row[0]).Should().Equal("3", "4", "5");
        (await runs.Tool().RunAsync("get", "ppo-1", "train/*", "--last", "1")).Rows.Select(row => row[0] + row[1])
            .Should().Equal("train/loss199", "train/accuracy199");
        (await runs.Tool().RunAsync("get", "ppo-1", "eval/loss", "--label", "split=test")).Rows.Should().ContainSingle().Which[2].Should().Be("0.5");
    }

    [Fact]
    public async Task Reinforcement_learning_has_environments_and_steps_of_the_training()
    {
        var all = (await runs.Tool().RunAsync("get", "ppo-1", "reward")).Rows;
        all.Should().HaveCount(4 * RunsFixture.RlSteps);

        var one = await runs.Tool().RunAsync("get", "ppo-1", "reward", "--env", "env-1", "--from", "2");
        one.Lines[0].Should().Be("environment\trl_step\tepisode\tstep\ttime\tvalue");
        one.Rows.Select(row => (row[0], row[1], row[5])).Should().Equal(
            ("env-1", "2", "10"), ("env-1", "2", "20"), ("env-1", "3", "10"), ("env-1", "3", "20"));
    }

    [Fact]
    public async Task Json_is_one_document_of_all_series()
    {
        var json = (await runs.Tool().RunAsync("get", "ppo-1", "train/loss", "reward", "--json")).Json;

        var series = json.GetProperty("series").EnumerateArray().ToDictionary(one => one.GetProperty("metric").GetString()!);
        series["train/loss"].GetProperty("points").GetArrayLength().Should().Be(RunsFixture.Steps);
        series["train/loss"].GetProperty("points")[9].GetProperty("step").GetUInt64().Should().Be(9);
        series["train/loss"].GetProperty("points")[9].GetProperty("value").GetDouble().Should().Be(0.1);
        series["reward"].GetProperty("points")[0].GetProperty("environment").GetString().Should().Be("env-0");
        (await runs.Tool().RunAsync("get", "broken", "loss", "--json")).Json.GetProperty("series")[0].GetProperty("points")[0]
            .GetProperty("value").GetString().Should().Be("NaN");
    }

    [Fact]
    public async Task What_has_no_points_of_numbers_is_refused()
    {
        (await runs.Tool().RunAsync("get", "ppo-1", "gradients")).Should().Match<ToolResult>(result => result.Code == 2 && result.Error.Contains("histogram"));
        (await runs.Tool().RunAsync("get", "ppo-1", "reward", "--env", "env-9")).Code.Should().Be(3);
        (await runs.Tool().RunAsync("get", "ppo-1", "eval/loss", "--label", "split")).Code.Should().Be(2);
        (await runs.Tool().RunAsync("get", "ppo-1", "eval/loss", "--label", "split=train")).Code.Should().Be(3);
    }
}
