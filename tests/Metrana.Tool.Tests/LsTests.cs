using FluentAssertions;
using Metrana.Tool.Tests.Support;
using Xunit;

namespace Metrana.Tool.Tests;

public sealed class LsTests(RunsFixture runs) : IClassFixture<RunsFixture>
{
    [Fact]
    public async Task Runs_are_listed_the_newest_first()
    {
        var result = await runs.Tool().RunAsync("ls");

        result.Code.Should().Be(0);
        result.Lines[0].Should().Be("id\tproject\tname\tstatus\tcreated\tseries\tpoints\ttags");
        result.Rows.Select(row => row[2]).Should().Equal("broken", "evil\uFFFD[2J\uFFFDname", "ppo-2", "ppo-1");
        result.Rows[3].Should().Contain(["walker", "ppo-1", "finished", "baseline"]);
        result.Rows[3][0].Should().HaveLength(32, "a program needs the whole id");
    }

    [Fact]
    public async Task Nothing_in_a_name_reaches_the_terminal_as_a_command()
    {
        foreach (var terminal in (bool[])[false, true])
        {
            var result = await runs.Tool(terminal).RunAsync("ls", "evil");

            result.Output.Should().Contain("name").And.NotContain("\u001b[2J").And.NotContain("\u202E");
        }
    }

    [Fact]
    public async Task Filters_narrow_the_list_and_a_cut_list_says_so()
    {
        (await runs.Tool().RunAsync("ls", "--project", "walker")).Rows.Select(row => row[2]).Should().Equal("ppo-2", "ppo-1");
        (await runs.Tool().RunAsync("ls", "--tag", "baseline")).Rows.Should().ContainSingle();
        (await runs.Tool().RunAsync("ls", "ppo", "--order", "oldest")).Rows.Select(row => row[2]).Should().Equal("ppo-1", "ppo-2");
        var cut = await runs.Tool().RunAsync("ls", "-n", "1");
        cut.Rows.Should().ContainSingle();
        cut.Error.Should().Contain("1 of 4 runs");
        var none = await runs.Tool().RunAsync("ls", "nothing-like-it");
        (none.Code, none.Rows.Length).Should().Be((0, 0));
        none.Error.Should().Contain("No run fits");
    }

    [Fact]
    public async Task Json_has_numbers_as_numbers_and_moments_as_texts()
    {
        var json = (await runs.Tool().RunAsync("ls", "ppo-1", "--json")).Json;

        json.GetProperty("total").GetInt64().Should().Be(1);
        var run = json.GetProperty("runs")[0];
        run.GetProperty("id").GetString().Should().Be(runs.WalkerId);
        run.GetProperty("points").GetInt64().Should().Be((2 * RunsFixture.Steps) + 2 + (4 * RunsFixture.RlSteps) + 1);
        run.GetProperty("status").GetString().Should().Be("finished");
        run.GetProperty("created_at").GetDateTimeOffset().Should().BeCloseTo(DateTimeOffset.UtcNow, TimeSpan.FromHours(1));
    }

    [Theory]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(160)]
    public async Task A_table_fits_the_terminal(int width)
    {
        var result = await runs.Tool(terminal: true, width).RunAsync("ls");

        result.Lines.Should().OnlyContain(line => line.Length <= width);
        result.Output.Should().Contain("ppo-1");
    }
}
