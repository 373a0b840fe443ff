using System.Globalization;
using FluentAssertions;
using Metrana.Tool.Tests.Support;
using Xunit;

namespace Metrana.Tool.Tests;

public sealed class SqlTests(RunsFixture runs) : IClassFixture<RunsFixture>
{
    [Fact]
    public async Task Questions_are_answered_over_all_tables()
    {
        (await AskAsync("select project, count(*) from runs group by project order by 1")).Rows
            .Should().BeEquivalentTo((string[][])[["other", "2"], ["walker", "2"]]);
        (await AskAsync("select value from attributes where path = 'config/lr'")).Rows.Single().Should().Equal("0.0003");
        (await AskAsync("select points, last_step from series where metric = 'train/loss' order by points desc")).Rows[0].Should().Equal("200", "199");
        var expected = Enumerable.Range(1, RunsFixture.Steps).Sum(step => 1.0 / step);
        var points = (await AskAsync("select count(*), sum(value), min(timestamp_millis) from points where metric = 'train/loss' and run_id = (select id from runs where name = 'ppo-1')")).Rows.Single();
        points[0].Should().Be("200");
        double.Parse(points[1], CultureInfo.InvariantCulture).Should().BeApproximately(expected, 1e-12);
        points[2].Should().Be("1700000000000");
        (await AskAsync("select environment, max(value), count(*) from points where metric = 'reward' group by 1 order by 1")).Rows
            .Should().BeEquivalentTo((string[][])[["env-0", "4", "8"], ["env-1", "20", "8"]]);
        (await AskAsync("select count(*), count(value) from points where run_id = (select id from runs where name = 'broken')")).Rows.Single()
            .Should().Equal(["1", "0"], "NaN is null in SQL");
    }

    [Fact]
    public async Task Json_has_columns_and_rows()
    {
        var json = (await AskAsync("with n as (select name, points from runs) select * from n where name = 'ppo-2'", "--json")).Json;

        json.GetProperty("columns").EnumerateArray().Select(column => column.GetString()).Should().Equal("name", "points");
        json.GetProperty("rows")[0][1].GetInt64().Should().Be(1);
    }

    [Theory]
    [InlineData("delete from runs")]
    [InlineData("insert into runs(id) values ('x')")]
    [InlineData("update points set value = 0")]
    [InlineData("drop table runs")]
    [InlineData("create table t (a)")]
    [InlineData("attach database '/tmp/metrana-attached.db' as other")]
    [InlineData("pragma writable_schema = 1")]
    [InlineData("vacuum into '/tmp/metrana-vacuum.db'")]
    [InlineData("select 1; delete from runs")]
    public async Task Nothing_can_be_changed(string sql)
    {
        var result = await AskAsync(sql);

        result.Code.Should().Be(2);
        result.Output.Should().BeEmpty();
        File.Exists("/tmp/metrana-attached.db").Should().BeFalse();
        File.Exists("/tmp/metrana-vacuum.db").Should().BeFalse();
    }

    [Fact]
    public async Task What_is_no_sql_or_too_much_is_refused_with_advice()
    {
        (await AskAsync("selec name from runs")).Should().Match<ToolResult>(result => result.Code == 2 && result.Error.Contains("syntax"));
        (await AskAsync("select nowhere from runs")).Error.Should().Contain("no such column");
        (await AskAsync("  ")).Code.Should().Be(2);
        var much = await AskAsync("select count(*) from points", "--max-points", "10");
        much.Code.Should().Be(2);
        much.Error.Should().Contain("--run").And.Contain("--max-points");
        (await AskAsync("select count(*) from points", "--max-points", "10", "--run", "ppo-2")).Rows.Single().Should().Equal("1");
    }

    [Fact]
    public async Task A_question_is_read_from_standard_input_and_shown_as_a_table()
    {
        var tool = new TestTool { Data = runs.Data, IsTerminal = true, Input = "select name, points from runs where name = 'ppo-2'" };

        (await tool.RunAsync("sql", "-")).Output.Should().MatchRegex("name +points").And.MatchRegex("ppo-2 +1");
    }

    private Task<ToolResult> AskAsync(string sql, params string[] more) => runs.Tool().RunAsync(["sql", sql, .. more]);
}
