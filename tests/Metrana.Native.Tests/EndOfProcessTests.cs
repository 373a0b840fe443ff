using System.Diagnostics;
using Metrana.Native.Tests.Support;
using Metrana.Server;

namespace Metrana.Native.Tests;

/// <summary>A process that ends without having disposed its logger loses nothing by that.</summary>
public sealed class EndOfProcessTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const int Points = 200_000;
    private const int TerminatedBySignal = 128 + 15;

    private readonly LocalServer _server = fixture.Server;

    [Fact]
    public async Task A_forgotten_logger_is_closed_when_Main_returns()
    {
        using Child child = Child.Play("forget", _server.Endpoint, "forgotten");

        (int exitCode, string errors) = await child.EndAsync();

        exitCode.Should().Be(0, errors);
        errors.Should().Contain("was not disposed");
        StoredRun run = await _server.RunAsync("forgotten");
        run.Points.Should().Be(Points);
        run.Closed.Should().BeTrue();
    }

    [Fact]
    public async Task A_logger_is_closed_when_SIGTERM_ends_the_process()
    {
        using Child child = Child.Play("terminate", _server.Endpoint, "terminated");
        (await child.HearAsync()).Should().Be("ready");

        Terminate(child);

        (int exitCode, string errors) = await child.EndAsync();
        exitCode.Should().Be(TerminatedBySignal, errors);
        StoredRun run = await _server.RunAsync("terminated");
        run.Points.Should().Be(Points);
        run.Closed.Should().BeTrue();
    }

    [Fact]
    public async Task A_program_that_handles_SIGTERM_itself_still_has_its_logger()
    {
        using Child child = Child.Play("terminate-handled", _server.Endpoint, "handled");
        (await child.HearAsync()).Should().Be("ready");

        Terminate(child);

        (int exitCode, string errors) = await child.EndAsync();
        exitCode.Should().Be(0, errors);
        StoredRun run = await _server.RunAsync("handled");
        run.Points.Should().Be(Points + 1, "the last words were logged after the signal");
        run.Closed.Should().BeTrue();
    }

    [Fact]
    public async Task Under_a_generic_host_its_own_stop_comes_first()
    {
        using Child child = Child.Play("terminate-hosted", _server.Endpoint, "hosted");
        (await child.HearAsync()).Should().Be("ready");

        Terminate(child);

        (int exitCode, string errors) = await child.EndAsync();
        exitCode.Should().Be(0, errors);
        errors.Should().NotContain("was not disposed");
        StoredRun run = await _server.RunAsync("hosted");
        run.Points.Should().Be(Points + 1, "a service logged while the host stopped");
        run.Closed.Should().BeTrue();
    }

    [Fact]
    public async Task Ctrl_C_ends_the_process_when_everything_is_delivered()
    {
        using Child child = Child.Play("interrupt", _server.Endpoint, "interrupted");
        (await child.HearAsync()).Should().Be("ready");

        Signal(child, "INT");

        (int exitCode, string errors) = await child.EndAsync();
        exitCode.Should().Be(128 + 2, errors);
        (await _server.RunAsync("interrupted")).Points.Should().Be(Points);
    }

    [Fact]
    public async Task A_program_that_takes_Ctrl_C_for_a_wish_goes_on_logging()
    {
        using Child child = Child.Play("interrupt-handled", _server.Endpoint, "wish");
        (await child.HearAsync()).Should().Be("ready");

        Signal(child, "INT");

        (int exitCode, string errors) = await child.EndAsync();
        exitCode.Should().Be(0, errors);
        StoredRun run = await _server.RunAsync("wish");
        run.Points.Should().Be(Points + 1);
        run.Closed.Should().BeTrue();
    }

    [Theory]
    [InlineData("interrupt", "INT", 2)]
    [InlineData("terminate", "TERM", 15)]
    public async Task The_second_signal_ends_a_process_that_waits_for_the_service(string part, string signal, int number)
    {
        await using LocalServer stalled = await Runs.StartFaultyServerAsync();
        using Child child = Child.Play(part, stalled.Endpoint, "stalled");
        (await child.HearAsync()).Should().Be("ready");
        await stalled.Faults.StallAsync();

        Signal(child, signal);
        await Task.Delay(TimeSpan.FromSeconds(1));
        child.HasEnded.Should().BeFalse("it waits for what was logged to be delivered");
        Signal(child, signal);

        (int exitCode, string errors) = await child.EndAsync();
        exitCode.Should().Be(128 + number, errors);
    }

    [Fact]
    public async Task A_crash_loses_no_point_and_stays_a_crash()
    {
        using Child child = Child.Play("crash", _server.Endpoint, "crashed");

        (int exitCode, string errors) = await child.EndAsync();

        exitCode.Should().Be(128 + 6, errors);
        errors.Should().Contain("diverged");
        StoredRun run = await _server.RunAsync("crashed");
        run.Points.Should().Be(Points);
        run.Closed.Should().BeTrue();
    }

    private static void Terminate(Child child) => Signal(child, "TERM");

    private static void Signal(Child child, string name)
    {
        using Process kill = Process.Start("kill", [$"-{name}", $"{child.Id}"]);
        kill.WaitForExit();
        kill.ExitCode.Should().Be(0);
    }
}
