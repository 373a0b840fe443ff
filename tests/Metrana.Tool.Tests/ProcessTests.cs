using FluentAssertions;
using Metrana.Tool.Tests.Support;
using Xunit;

namespace Metrana.Tool.Tests;

/// <summary>The tool as people start it.</summary>
public sealed class ProcessTests(RunsFixture runs) : IClassFixture<RunsFixture>
{
    [Fact]
    public async Task The_built_program_lists_runs_and_ends_with_the_code_that_is_promised()
    {
        var listed = await StartAsync("ls", "--project", "walker", "--data", runs.Data);
        listed.Code.Should().Be(0, listed.Error);
        listed.Rows.Select(row => row[2]).Should().Equal("ppo-2", "ppo-1");

        (await StartAsync("show", "nothing", "--data", runs.Data)).Code.Should().Be(3);
        (await StartAsync("ls", "--nonsense")).Code.Should().Be(2);
    }

    [Fact]
    public async Task Its_version_and_its_completion_are_also_told_in_JSON()
    {
        var version = (await StartAsync("version", "--json", "--data", runs.Data)).Json;
        version.GetProperty("tool").GetString().Should().MatchRegex("^[0-9]+\\.[0-9]+\\.[0-9]+");
        version.GetProperty("server").GetString().Should().MatchRegex("^[0-9]+\\.[0-9]+\\.[0-9]+");
        version.GetProperty("abi").GetInt32().Should().BePositive();

        var completion = (await StartAsync("completion", "bash", "--json")).Json;
        completion.GetProperty("shell").GetString().Should().Be("bash");
        completion.GetProperty("script").GetString().Should().Be((await StartAsync("completion", "bash")).Output.TrimEnd('\n'));
    }

    private static Task<ToolResult> StartAsync(params string[] arguments) =>
        TestProcess.RunAsync("dotnet", [typeof(MetranaTool).Assembly.Location, .. arguments]);
}
