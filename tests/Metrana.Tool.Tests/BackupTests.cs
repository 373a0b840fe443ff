using FluentAssertions;
using Metrana.Server;
using Metrana.Tool.Tests.Support;
using Xunit;

namespace Metrana.Tool.Tests;

public sealed class BackupTests(RunsFixture runs) : IClassFixture<RunsFixture>
{
    [Fact]
    public async Task A_copy_holds_the_runs_and_the_server_goes_on()
    {
        var to = Path.Combine(runs.Data, "copy");

        var result = await runs.Tool().RunAsync("backup", to, "--json");

        result.Code.Should().Be(0, result.Error);
        result.Json.GetProperty("bytes").GetInt64().Should().BePositive();
        await using (var copy = await LocalServer.StartAsync(new LocalServerOptions { DataDirectory = to }))
        {
            (await copy.GetRunsAsync()).Select(run => run.RunId).Should().Equal((await runs.Server.GetRunsAsync()).Select(run => run.RunId));
        }

        var again = await runs.Tool().RunAsync("backup", to);
        again.Code.Should().Be(1);
        again.Error.Should().Contain("copy");
    }

    [Fact]
    public async Task Nothing_to_copy_is_told()
    {
        var result = await new TestTool { Data = Path.Combine(runs.Data, "empty") }.RunAsync("backup", "somewhere");

        (result.Code, Directory.Exists("somewhere")).Should().Be((3, false));
    }
}
