using System.Text.Json;
using FluentAssertions;
using Metrana.Server;
using Metrana.Tool.Tests.Support;
using Xunit;

namespace Metrana.Tool.Tests;

public sealed class ServeTests
{
    [Fact]
    public async Task A_server_runs_until_ctrl_C_and_ends_in_good_order()
    {
        using var end = new CancellationTokenSource(TestTool.Deadline);
        await using var output = new LockedWriter();
        var serving = new TestTool().RunAsync(["serve", "--in-memory", "--listen", "127.0.0.1:0", "--json"], output, end.Token);
        await Eventually.ShouldAsync(() => output.ToString().TrimEnd().EndsWith('}'), "where it listens", TestTool.Deadline);
        var address = JsonDocument.Parse(output.ToString()).RootElement.GetProperty("http").GetString()!;
        await using var server = LocalServer.At(new Uri(address));
        (await server.GetRunsAsync()).Should().BeEmpty();

        await end.CancelAsync();
        var result = await serving;

        result.Code.Should().Be(0, result.Error);
        await server.Invoking(gone => gone.GetRunsAsync()).Should().ThrowAsync<LocalServerException>();
    }

    [Fact]
    public async Task What_the_server_refuses_is_told()
    {
        var result = await new TestTool().RunAsync("serve", "--in-memory", "--listen", "nowhere");

        result.Code.Should().Be(2);
        result.Error.Should().Contain("nowhere");
    }
}
