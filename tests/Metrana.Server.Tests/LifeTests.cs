using System.Diagnostics;
using System.Globalization;
using FluentAssertions;
using Xunit;

namespace Metrana.Server.Tests;

public sealed class LifeTests
{
    [Fact]
    public async Task It_listens_when_it_is_started_and_is_gone_when_it_is_disposed()
    {
        var server = await LocalServer.StartAsync();
        var id = server.ProcessId;
        await using (server)
        {
            new Uri(server.Endpoint).IsLoopback.Should().BeTrue();
            new Uri(server.HttpEndpoint).IsLoopback.Should().BeTrue();
            Processes.Runs(id).Should().BeTrue();
            (await server.GetRunsAsync()).Should().BeEmpty();
        }

        Processes.Runs(id).Should().BeFalse();
    }

    [Fact]
    public async Task Many_can_be_started_at_once_and_ended_from_many_threads()
    {
        var servers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => LocalServer.StartAsync()));
        servers.Select(server => server.Endpoint).Should().OnlyHaveUniqueItems();

        await Task.WhenAll(servers.Concat(servers).Select(server => Task.Run(async () => await server.DisposeAsync())));

        servers.Should().NotContain(server => Processes.Runs(server.ProcessId));
    }

    [Fact]
    public async Task One_that_does_not_end_is_killed()
    {
        using var program = new FakeProgram($"{FakeProgram.Listening}\nexec sleep 600 < /dev/null");
        var server = await LocalServer.StartAsync(
            new LocalServerOptions { ProgramPath = program.Path, StopTimeout = TimeSpan.FromMilliseconds(200) });
        var since = Stopwatch.StartNew();

        await server.DisposeAsync();

        since.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(5));
        Processes.Runs(server.ProcessId).Should().BeFalse();
    }

    [Fact]
    public async Task One_that_ended_by_itself_is_disposed_in_silence()
    {
        await using var server = await LocalServer.StartAsync();
        Processes.Kill(server.ProcessId);
        await Processes.UntilEndedAsync(server.ProcessId);

        var read = () => server.GetRunsAsync();

        await read.Should().ThrowAsync<LocalServerException>().WithMessage("*does not answer*");
    }

    [Fact]
    public async Task A_CtrlC_that_the_terminal_sends_to_both_leaves_it_alive()
    {
        await using var server = await LocalServer.StartAsync();
        for (var i = 0; i < 10; i++)
        {
            using var kill = Process.Start("kill", ["-INT", server.ProcessId.ToString(CultureInfo.InvariantCulture)]);
            await kill.WaitForExitAsync();
            kill.ExitCode.Should().Be(0);

            (await server.GetRunsAsync()).Should().BeEmpty();
        }
    }

    [Fact]
    public async Task One_that_lingers_lives_on_until_it_is_stopped()
    {
        var server = await LocalServer.StartAsync(new LocalServerOptions { Linger = true });
        var id = server.ProcessId;
        await server.DisposeAsync();
        try
        {
            using var http = new HttpClient();
            (await http.GetStringAsync($"{server.HttpEndpoint}/api/v1/counts")).Should().Contain("runs");
        }
        finally
        {
            Processes.Kill(id);
        }

        var other = await LocalServer.StartAsync(new LocalServerOptions { Linger = true });
        await other.StopAsync();
        Processes.Runs(other.ProcessId).Should().BeFalse();
    }
}
