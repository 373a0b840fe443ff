using System.Diagnostics;
using Metrana.Native.Tests.Support;
using Metrana.Server;

namespace Metrana.Native.Tests;

/// <summary>
/// A process that ends without having disposed its logger loses nothing by that, and the program's own handlers find the
/// logger open, whether they were there before it or not.
/// </summary>
public sealed class EndOfProcessTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const int Points = 200_000;
    private const int OwnExitCode = 7;
    private const int Aborted = 128 + 6;
    private static int _runs;

    private readonly LocalServer _server = fixture.Server;

    public static TheoryData<string> Orders => ["handler-first", "logger-first"];

    public static TheoryData<string, string> OrdersAndSignals => new()
    {
        { "handler-first", "SIGTERM" }, { "logger-first", "SIGTERM" },
        { "handler-first", "SIGINT" }, { "logger-first", "SIGINT" },
        { "handler-first", "SIGHUP" }, { "logger-first", "SIGHUP" },
        { "handler-first", "SIGQUIT" }, { "logger-first", "SIGQUIT" },
    };

    public static TheoryData<string, string, int> OrdersAndEnds => new()
    {
        { "handler-first", "SIGTERM", 128 + 15 }, { "logger-first", "SIGTERM", 128 + 15 },
        { "handler-first", "exit", OwnExitCode }, { "logger-first", "exit", OwnExitCode },
        { "handler-first", "crash", Aborted }, { "logger-first", "crash", Aborted },
    };

    [Fact]
    public async Task A_forgotten_logger_is_closed_when_Main_returns()
    {
        string run = NewRun();
        using Child child = Child.Play("forget", _server.Endpoint, run);

        (int exitCode, string errors) = await child.EndAsync();

        exitCode.Should().Be(0, errors);
        errors.Should().Contain("was not disposed");
        await ShouldHaveAsync(run, Points);
    }

    [Theory]
    [InlineData("SIGTERM")]
    [InlineData("SIGINT")]
    [InlineData("SIGHUP")]
    [InlineData("SIGQUIT")]
    public async Task A_logger_is_closed_when_a_signal_ends_the_process(string signal)
    {
        string run = NewRun();
        using Child child = Child.Play("signal", _server.Endpoint, run);
        (await child.HearAsync()).Should().Be("ready");

        Signal(child, signal);

        (int exitCode, string errors) = await child.EndAsync();
        exitCode.Should().Be(128 + Number(signal), errors);
        errors.Should().Contain("was not disposed");
        await ShouldHaveAsync(run, Points);
    }

    [Theory]
    [InlineData("SIGTERM")]
    [InlineData("SIGINT")]
    public async Task A_loop_that_a_signal_ends_does_not_crash_while_its_logger_closes(string signal)
    {
        string run = NewRun();
        using Child child = Child.Play("signal-in-loop", _server.Endpoint, run);
        (await child.HearAsync()).Should().Be("ready");

        Signal(child, signal);

        (int exitCode, string errors) = await child.EndAsync();
        exitCode.Should().Be(128 + Number(signal), errors);
        errors.Should().NotContain("ObjectDisposedException");
        (await _server.RunAsync(run)).Closed.Should().BeTrue();
    }

    [Theory]
    [MemberData(nameof(OrdersAndSignals))]
    public async Task A_program_that_handles_a_signal_itself_still_has_its_logger(string order, string signal)
    {
        string run = NewRun();
        using Child child = Child.Play("signal-handled", _server.Endpoint, run, order, signal);
        (await child.HearAsync()).Should().Be("ready");

        Signal(child, signal);

        (int exitCode, string errors) = await child.EndAsync();
        exitCode.Should().Be(0, errors);
        errors.Should().BeEmpty();
        await ShouldHaveAsync(run, Points + 1);
    }

    [Theory]
    [MemberData(nameof(OrdersAndSignals))]
    [ParityRow("failures/signal", "handler")]
    public async Task What_a_handler_logs_that_lets_the_process_end_is_delivered(string order, string signal)
    {
        string run = NewRun();
        using Child child = Child.Play("signal-observed", _server.Endpoint, run, order, signal);
        (await child.HearAsync()).Should().Be("ready");

        Signal(child, signal);

        (int exitCode, string errors) = await child.EndAsync();
        exitCode.Should().Be(128 + Number(signal), errors);
        await ShouldHaveAsync(run, Points + 1);
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task A_program_that_takes_Ctrl_C_as_a_request_goes_on_logging(string order)
    {
        string run = NewRun();
        using Child child = Child.Play("interrupt-handled", _server.Endpoint, run, order);
        (await child.HearAsync()).Should().Be("ready");

        Signal(child, "SIGINT");

        (int exitCode, string errors) = await child.EndAsync();
        exitCode.Should().Be(0, errors);
        await ShouldHaveAsync(run, Points + 1);
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task A_handler_of_Ctrl_C_does_not_wait_for_a_service_that_stalls(string order)
    {
        await using LocalServer stalled = await Runs.StartFaultyServerAsync();
        using Child child = Child.Play("interrupt-handled", stalled.Endpoint, "stalled", order);
        (await child.HearAsync()).Should().Be("ready");
        await stalled.Faults.StallAsync();

        Signal(child, "SIGINT");

        // Closing waits for the service, which goes on only when the handler has been heard of.
        (await child.HearAsync()).Should().Be("handled");
        await stalled.Faults.ClearAsync();
        (int exitCode, string errors) = await child.EndAsync();
        exitCode.Should().Be(0, errors);
    }

    [Theory]
    [MemberData(nameof(OrdersAndSignals))]
    public async Task A_handler_of_a_signal_does_not_wait_for_a_service_that_stalls(string order, string signal)
    {
        await using LocalServer stalled = await Runs.StartFaultyServerAsync();
        using Child child = Child.Play("signal-handled", stalled.Endpoint, "stalled", order, signal);
        (await child.HearAsync()).Should().Be("ready");
        await stalled.Faults.StallAsync();

        Signal(child, signal);

        (await child.HearAsync()).Should().Be("handled");
        await stalled.Faults.ClearAsync();
        (int exitCode, string errors) = await child.EndAsync();
        exitCode.Should().Be(0, errors);
    }

    /// <summary>Without a bound each of them would wait for a service that answers only when the test is over.</summary>
    [Theory]
    [MemberData(nameof(OrdersAndEnds))]
    public async Task No_end_waits_longer_for_the_service_than_the_logger_may(string order, string how, int exitCode)
    {
        await using LocalServer stalled = await Runs.StartFaultyServerAsync();
        using Child child = Child.Play("little-patience", stalled.Endpoint, "stalled", order, how);
        (await child.HearAsync()).Should().Be("ready");
        await stalled.Faults.StallAsync();

        await child.GoAsync();
        if (how == "SIGTERM")
        {
            Signal(child, how);
        }

        (int actual, string errors) = await child.EndAsync();
        actual.Should().Be(exitCode, errors);
        errors.Should().MatchRegex("[1-9][0-9]* point\\(s\\) or attribute\\(s\\) had no answer and count as dropped");
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Under_a_generic_host_its_own_stop_comes_first(string order)
    {
        string run = NewRun();
        using Child child = Child.Play("hosted", _server.Endpoint, run, order);
        (await child.HearAsync()).Should().Be("ready");

        Signal(child, "SIGTERM");

        (int exitCode, string errors) = await child.EndAsync();
        exitCode.Should().Be(0, errors);
        errors.Should().NotContain("was not disposed");
        await ShouldHaveAsync(run, Points + 1);
    }

    [Theory]
    [InlineData("SIGTERM")]
    [InlineData("SIGINT")]
    public async Task A_host_that_was_built_and_does_not_run_changes_nothing(string signal)
    {
        string run = NewRun();
        using Child child = Child.Play("host-not-running", _server.Endpoint, run);
        (await child.HearAsync()).Should().Be("ready");

        Signal(child, signal);

        (int exitCode, string errors) = await child.EndAsync();
        exitCode.Should().Be(128 + Number(signal), errors);
        await ShouldHaveAsync(run, Points);
    }

    [Theory]
    [InlineData("SIGINT")]
    [InlineData("SIGTERM")]
    public async Task The_second_signal_ends_a_process_that_waits_for_the_service(string signal)
    {
        await using LocalServer stalled = await Runs.StartFaultyServerAsync();
        using Child child = Child.Play("signal", stalled.Endpoint, "stalled");
        (await child.HearAsync()).Should().Be("ready");
        await stalled.Faults.StallAsync();

        Signal(child, signal);
        await child.HearErrorAsync("is closed now");
        child.HasEnded.Should().BeFalse("it waits for what was logged to be delivered");
        Signal(child, signal);

        (int exitCode, string errors) = await child.EndAsync();
        exitCode.Should().Be(128 + Number(signal), errors);
    }

    [Fact]
    public async Task A_crash_loses_no_point_and_stays_a_crash()
    {
        string run = NewRun();
        using Child child = Child.Play("crash", _server.Endpoint, run);

        (int exitCode, string errors) = await child.EndAsync();

        exitCode.Should().Be(Aborted, errors);
        errors.Should().Contain("diverged");
        await ShouldHaveAsync(run, Points);
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task The_last_words_of_a_crash_are_delivered(string order)
    {
        string run = NewRun();
        using Child child = Child.Play("crash-handled", _server.Endpoint, run, order);

        (int exitCode, string errors) = await child.EndAsync();

        exitCode.Should().Be(Aborted, errors);
        errors.Should().Contain("diverged").And.NotContain("ObjectDisposedException");
        await ShouldHaveAsync(run, Points + 1);
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task A_handler_of_the_end_still_has_its_logger_and_the_exit_code_stays(string order)
    {
        string run = NewRun();
        using Child child = Child.Play("exit-handled", _server.Endpoint, run, order);

        (int exitCode, string errors) = await child.EndAsync();

        exitCode.Should().Be(OwnExitCode, errors);
        await ShouldHaveAsync(run, Points + 1);
    }

    [Theory]
    [InlineData("exit-behind-blocked-provider")]
    [InlineData("exit-in-provider")]
    public async Task A_log_provider_that_never_returns_does_not_keep_the_process_alive(string part)
    {
        string run = NewRun();
        using Child child = Child.Play(part, _server.Endpoint, run);

        (int exitCode, string errors) = await child.EndAsync();

        // The second point repeats the step of the first, which is what the line is about, and does not count.
        exitCode.Should().Be(OwnExitCode, errors);
        await ShouldHaveAsync(run, 1);
    }

    [Fact]
    public async Task Standard_error_that_nobody_reads_holds_up_neither_the_program_nor_its_end()
    {
        string run = NewRun();
        using Child child = Child.PlayUnheard("fill-standard-error", _server.Endpoint, run);

        (await child.HearAsync()).Should().Be("delivered");
        (int exitCode, _) = await child.EndAsync();

        exitCode.Should().Be(0);
        (await _server.RunAsync(run)).Closed.Should().BeTrue();
    }

    [Fact]
    public void On_this_runtime_handlers_of_signals_can_be_put_last()
    {
        using Logger logger = new(Runs.Config(_server));

        ProcessEnd.SignalsComeLast.Should().BeTrue();
    }

    private static string NewRun() => $"end-{Interlocked.Increment(ref _runs)}";

    private async Task ShouldHaveAsync(string name, int points)
    {
        StoredRun run = await _server.RunAsync(name);
        run.Points.Should().Be(points);
        run.Closed.Should().BeTrue();
    }

    private static int Number(string signal) => signal switch
    {
        "SIGHUP" => 1,
        "SIGINT" => 2,
        "SIGQUIT" => 3,
        "SIGTERM" => 15,
        _ => throw new ArgumentOutOfRangeException(nameof(signal), signal, null),
    };

    private static void Signal(Child child, string name)
    {
        using Process kill = Process.Start("kill", [$"-{name["SIG".Length..]}", $"{child.Id}"]);
        kill.WaitForExit();
        kill.ExitCode.Should().Be(0);
    }
}
