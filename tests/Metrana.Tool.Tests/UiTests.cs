using System.Net;
using FluentAssertions;
using Metrana.Server;
using Metrana.Tool.Tests.Support;
using Xunit;

namespace Metrana.Tool.Tests;

public sealed class UiTests : IAsyncLifetime
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("metrana-ui-");

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        // The one that the test started must not outlive it.
        if (await LocalServer.FindAsync(_directory.FullName) is { } left)
        {
            await left.StopAsync();
        }

        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task The_page_of_a_started_server_is_printed_and_opened()
    {
        var tool = new TestTool { Data = _directory.FullName };

        var opened = await tool.RunAsync("ui");
        var printed = await tool.RunAsync("ui", "--no-browser", "--json");

        opened.Code.Should().Be(0, opened.Error);
        tool.Browsed.Should().ContainSingle().Which.AbsoluteUri.Should().Be(opened.Lines[0]);
        var (first, second) = (new Uri(opened.Lines[0]), new Uri(printed.Json.GetProperty("url").GetString()!));
        second.Authority.Should().Be(first.Authority, "the second one finds the first one's server");
        second.Fragment.Should().StartWith("#ticket=").And.NotBe(first.Fragment, "each lets one browser in");
        printed.Json.GetProperty("opened").GetBoolean().Should().BeFalse();
        using var http = new HttpClient();
        (await http.GetAsync(first)).StatusCode.Should().Be(HttpStatusCode.OK);
    }
}
