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

    private static Task<ToolResult> StartAsync(params string[] arguments) =>
        TestProcess.RunAsync("dotnet", [typeof(MetranaTool).Assembly.Location, .. arguments]);
}
