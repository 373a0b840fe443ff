using Metrana.Native.Tests.Support;
using Metrana.Server;

namespace Metrana.Native.Tests;

/// <summary>
/// A log provider that blocks or waits holds up lines, and nothing else. In a process of their own: the lines of all loggers
/// of a process wait behind one another.
/// </summary>
public sealed class BlockedProviderTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly LocalServer _server = fixture.Server;

    [Fact]
    public async Task Every_call_of_every_logger_ends_behind_a_provider_that_blocks_and_lost_lines_are_counted()
    {
        using Child child = Child.Play("work-behind-blocked-provider", _server.Endpoint, "blocked-provider");

        (await child.HearAsync()).Should().Be("disposed");
        (await child.HearAsync()).Should().MatchRegex("[1-9][0-9]* log lines before this one were lost");
        (int exitCode, string errors) = await child.EndAsync();

        exitCode.Should().Be(0, errors);
        (await _server.RunAsync("blocked-provider")).Closed.Should().BeTrue();
        (await _server.RunAsync("blocked-provider-other")).Closed.Should().BeTrue();
    }

    [Fact]
    public async Task A_provider_may_wait_for_a_flush_an_opening_and_the_disposal_of_its_own_logger()
    {
        using Child child = Child.Play("wait-in-provider", _server.Endpoint, "waiting-provider");

        (await child.HearAsync()).Should().Be("True True True", "flushed, opened and disposed");
        (int exitCode, string errors) = await child.EndAsync();

        exitCode.Should().Be(0, errors);
        (await _server.RunAsync("waiting-provider")).Closed.Should().BeTrue();
    }
}
