using System.Diagnostics;
using System.Text.RegularExpressions;
using FluentAssertions;
using Metrana.Server.Child;
using Xunit;

namespace Metrana.Server.Tests;

public sealed class StartFailureTests
{
    [Fact]
    public async Task A_program_that_is_not_there_is_named()
    {
        var start = () => LocalServer.StartAsync(new LocalServerOptions { ProgramPath = "/nowhere/metrana-server" });

        (await start.Should().ThrowAsync<LocalServerException>()).WithMessage("*ProgramPath*/nowhere/metrana-server*");
    }

    [Theory]
    [InlineData(null, "There is no metrana-server program for this machine (*-*). Tried: *runtimes*native*. Reference*METRANA_SERVER_PATH*")]
    [InlineData("/nowhere/metrana-server", "METRANA_SERVER_PATH is '/nowhere/metrana-server', but there is no such file*")]
    public async Task Without_a_program_the_error_says_where_it_was_looked_for_and_what_to_do(string? variable, string message)
    {
        // A copy of a program that uses the package, with the native files left out.
        var directory = Directory.CreateTempSubdirectory("metrana-bare-");
        try
        {
            foreach (var file in Directory.EnumerateFiles(AppContext.BaseDirectory, "Metrana.Server*"))
            {
                File.Copy(file, Path.Combine(directory.FullName, Path.GetFileName(file)));
            }

            var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
            start.ArgumentList.Add(Path.Combine(directory.FullName, "Metrana.Server.TestParent.dll"));
            start.Environment["METRANA_SERVER_PATH"] = variable;
            using var program = Process.Start(start)!;
            var said = await program.StandardOutput.ReadToEndAsync();
            await program.WaitForExitAsync();

            program.ExitCode.Should().Be(1);
            said.Trim().Should().Match(message);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    [ParityRow("failures/no-server-program", "platform", "another machine", "METRANA_SERVER_PATH")]
    public void On_a_platform_that_has_no_build_the_advice_is_another_machine_or_the_sources()
    {
        ServerProgram.Advice("linux-riscv64").Should().ContainAll(ServerProgram.Supported)
            .And.Contain("another machine").And.Contain("cargo build --release -p metrana-server").And.Contain("METRANA_SERVER_PATH")
            .And.NotContain("Reference");
        ServerProgram.Advice(ServerProgram.Rid).Should().StartWith("Reference the Metrana.Server package");
    }

    [Fact]
    public void The_platforms_that_the_advice_lists_are_those_of_the_packages()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Cargo.lock")))
        {
            directory = directory.Parent!;
        }

        var table = File.ReadAllText(Path.Combine(directory.FullName, "build", "rids.props"));
        ServerProgram.Supported.Should().Equal(
            Regex.Matches(table, "<MetranaRid Include=\"([^\"]+)\"").Select(match => match.Groups[1].Value));
    }

    [Fact]
    public async Task One_that_ends_at_once_is_told_with_its_last_words()
    {
        using var program = new FakeProgram("echo first line >&2; echo the disk is on fire >&2; exit 3");

        await Failing(program).Should().ThrowAsync<LocalServerException>()
            .WithMessage("*ended with exit code 3 before it listened*first line*the disk is on fire*");
    }

    [Fact]
    public async Task One_that_never_listens_is_given_up_and_ended()
    {
        using var program = new FakeProgram("exec sleep 600");
        var since = Stopwatch.StartNew();

        await Failing(program, startTimeout: 1).Should().ThrowAsync<LocalServerException>()
            .WithMessage("*did not listen within 1 seconds*StartTimeout*");

        since.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(10));
        Processes.Runs(program.ProcessId).Should().BeFalse();
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("{}")]
    [InlineData("[1]")]
    public async Task One_that_says_something_else_is_told_with_what_it_said(string line)
    {
        using var program = new FakeProgram($"echo '{line}'; exec sleep 600");

        await Failing(program).Should().ThrowAsync<LocalServerException>().WithMessage($"*does not say where it listens: '{line}'*");

        Processes.Runs(program.ProcessId).Should().BeFalse();
    }

    [Fact]
    public async Task A_file_that_is_no_program_is_told()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "\u007fELF but not really");

            var start = () => LocalServer.StartAsync(new LocalServerOptions { ProgramPath = file });

            await start.Should().ThrowAsync<LocalServerException>().WithMessage($"*{file} cannot be started on this machine (*");
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task One_that_may_not_be_executed_even_as_a_copy_is_told()
    {
        using var interpreter = new FakeProgram("");
        File.SetUnixFileMode(interpreter.Path, UnixFileMode.UserRead);
        using var program = new FakeProgram("");
        await File.WriteAllTextAsync(program.Path, $"#!{interpreter.Path}\n");

        await Failing(program).Should().ThrowAsync<LocalServerException>().WithMessage("*cannot be started*ermission denied*and executable*");
    }

    [Fact]
    public async Task Giving_up_ends_what_was_started()
    {
        using var program = new FakeProgram("exec sleep 600");
        using var cancellation = new CancellationTokenSource();
        var starting = LocalServer.StartAsync(new LocalServerOptions { ProgramPath = program.Path }, cancellation.Token);

        await program.UntilRunningAsync();
        await cancellation.CancelAsync();

        await FluentActions.Awaiting(() => starting).Should().ThrowAsync<OperationCanceledException>();
        Processes.Runs(program.ProcessId).Should().BeFalse();
    }

    [Fact]
    public async Task A_program_that_lost_its_execute_bit_is_started_all_the_same()
    {
        var directory = Directory.CreateTempSubdirectory("metrana-bit-");
        try
        {
            var program = Path.Combine(directory.FullName, "metrana-server");
            File.Copy(ServerProgram.Find(null), program);
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite);

            await using var server = await LocalServer.StartAsync(new LocalServerOptions { ProgramPath = program });

            (await server.GetCountsAsync()).Runs.Should().Be(0);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static Func<Task> Failing(FakeProgram program, double startTimeout = 20) => () => LocalServer.StartAsync(
        new LocalServerOptions { ProgramPath = program.Path, StartTimeout = TimeSpan.FromSeconds(startTimeout) });
}
