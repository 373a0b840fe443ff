using Metrana.Native.Tests.Support;
using Metrana.Server;

namespace Metrana.Native.Tests;

/// <summary>A process that may start no thread any more, as in a container whose limit is reached.</summary>
public sealed class NoThreadTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly LocalServer _server = fixture.Server;

    [LinuxFact]
    public async Task It_flushes_and_disposes_all_the_same()
    {
        using Child child = Child.Play("close-without-threads", _server.Endpoint, "no-threads");
        (await child.HearAsync()).Should().Be("1001 0 0", "sent, pending and dropped");
        (int exitCode, string errors) = await child.EndAsync();
        exitCode.Should().Be(0, errors);
        errors.Should().BeEmpty();
        StoredRun run = await _server.RunAsync("no-threads");
        run.Points.Should().Be(1001);
        run.Closed.Should().BeTrue();
    }

    [LinuxFact]
    public async Task Its_end_closes_a_forgotten_logger_all_the_same()
    {
        using Child child = Child.Play("forget-without-threads", _server.Endpoint, "forgotten-without-threads");
        (int exitCode, string errors) = await child.EndAsync();
        exitCode.Should().Be(0, errors);
        errors.Should().Contain("was not disposed");
        StoredRun run = await _server.RunAsync("forgotten-without-threads");
        run.Points.Should().Be(1000);
        run.Closed.Should().BeTrue();
    }

    [LinuxFact]
    public async Task A_name_that_cannot_be_looked_up_is_an_error_of_its_own_and_disturbs_no_other_logger()
    {
        using Child child = Child.Play("open-by-name-without-threads", _server.Endpoint, "beside-a-name");
        (await child.HearAsync()).Should().Contain("'localhost' could not be looked up");
        (int exitCode, string errors) = await child.EndAsync();
        exitCode.Should().Be(0, errors);
        StoredRun run = await _server.RunAsync("beside-a-name");
        run.Points.Should().Be(1);
        run.Closed.Should().BeTrue();
    }

    [LinuxFact]
    public async Task It_finds_a_host_by_its_name_again_when_a_connection_breaks()
    {
        await using LocalServer server = await Runs.StartFaultyServerAsync();
        using Child child = Child.Play("reconnect-by-name-without-threads", server.Endpoint, "again-by-name");
        (await child.HearAsync()).Should().Be("ready");

        await server.Faults.ResetAsync(after: 1, storeLast: false);
        await child.GoAsync();

        (await child.HearAsync()).Should().Be("1000 sent, after a break");
        (int exitCode, string errors) = await child.EndAsync();
        exitCode.Should().Be(0, errors);
        StoredRun run = await server.RunAsync("again-by-name");
        run.Points.Should().Be(1000);
        run.Closed.Should().BeTrue();
    }
}
