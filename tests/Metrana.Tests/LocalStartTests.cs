using Metrana.Server;
using Metrana.Tests.Support;

namespace Metrana.Tests;

/// <summary>A run that goes to a server on this machine, where that is not to be had at once. Rows of docs/failures.md.</summary>
public sealed class LocalStartTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("metrana-local-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    [ParityRow("failures/no-local-server", "found or started", "missing")]
    public async Task Without_a_program_for_the_server_the_start_says_what_is_missing_and_what_to_do()
    {
        using Child child = Play("end", Path.Combine(_folder, "nothing"));

        string said = await child.HearAsync();
        said.Should().StartWith(
            "LoggerInitException ConnectFailed: No server was found or started on this machine. METRANA_SERVER_PATH is "
            + $"'{Path.Combine(_folder, "nothing")}', but there is no such file. ");
        said.Should().EndWith(
            " leave it unset to use the package's. To log to another server, set Endpoint; to go on without one until it appears, "
            + "ContinueWithoutServer.");
        (await child.EndAsync()).ExitCode.Should().Be(0);
    }

    [Fact]
    [ParityRow("failures/no-local-server", "not come up")]
    public async Task A_server_that_does_not_come_up_ends_the_start_in_time()
    {
        // It neither says where it listens nor ends. The start makes it executable.
        string program = Path.Combine(_folder, "mute");
        await File.WriteAllTextAsync(program, "#!/bin/sh\nexec tail -f /dev/null\n");
        using Child child = Play("end", program);

        (await child.HearAsync()).Should().MatchRegex(
            "^LoggerInitException (ConnectFailed|InitTimeout): No server was found or started on this machine.* ContinueWithoutServer\\.$");
        (await child.EndAsync()).ExitCode.Should().Be(0);
    }

    [Fact]
    [ParityRow("failures/no-local-server", "keeps looking")]
    public async Task A_run_that_continues_keeps_looking_and_delivers_to_the_server_that_appears()
    {
        string name = SharedServer.NewName();
        using Child child = Play("wait", Path.Combine(_folder, "nothing"), name);
        (await child.HearAsync()).Should().Be("waiting");
        await using LocalServer server = await LocalServer.StartAsync(new LocalServerOptions { DataDirectory = _folder });
        (await child.HearAsync()).Should().MatchRegex($"^3 sent, asked 1 time, {server.HttpEndpoint}/\\?workspace=local&project=tests&runs=[0-9a-f]+$");
        (int exitCode, string errors) = await child.EndAsync();

        exitCode.Should().Be(0);
        errors.Should().Contain("nothing', but there is no such file").And.NotContain("set Endpoint");
        errors.Should().Contain($"run tests/{name} waits for a server on this machine").And.Contain($"run tests/{name} has reached the service: http");
        StoredRun stored = (await server.FindRunAsync(name))!;
        StoredSeries loss = (await server.GetSeriesAsync(stored.RunId)).Single();
        (await server.GetPointsAsync(stored.RunId, loss.Id)).Values.Should().Equal(0.5, 0.25, 0.125);
    }

    [Theory]
    [InlineData("end")]
    [InlineData("wait")]
    [ParityRow("failures/no-native-library", "native library", "LoggerInitException")]
    public async Task Without_the_native_library_the_start_says_where_it_was_looked_for_and_does_not_wait_for_a_service(string mode)
    {
        string missing = Path.Combine(_folder, "nothing.so");
        using Child child = Child.Play(
            "local", "-", "unborn", mode, ("METRANA_INGESTION_URL", "http://127.0.0.1:9"), ("METRANA_NATIVE_PATH", missing));

        (await child.HearAsync()).Should().StartWith("LoggerInitException NativeLibraryUnavailable: ")
            .And.Contain($"{missing}: there is no such file").And.Contain("METRANA_NATIVE_PATH");
        (await child.EndAsync()).ExitCode.Should().Be(0);
    }

    private Child Play(string mode, string program, string name = "unborn") =>
        Child.Play("local", "-", name, mode, ("METRANA_SERVER_DATA", _folder), ("METRANA_SERVER_PATH", program));
}
