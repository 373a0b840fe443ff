namespace Metrana.Server.Tests;

/// <summary>A shell script in the place of the server's program.</summary>
internal sealed class FakeProgram : IDisposable
{
    /// <summary>The line of a server that listens where nobody does.</summary>
    public const string Listening = """echo '{"grpc":"http://127.0.0.1:1","http":"http://127.0.0.1:1"}'""";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("metrana-fake-");

    public FakeProgram(string script)
    {
        // Its process id goes to a file, so that a test can see it end. What follows "exec" keeps the id.
        File.WriteAllText(Path, $"#!/bin/sh\necho $$ > {PidPath}\n{script}\n");
        File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public string Path => System.IO.Path.Combine(_directory.FullName, "program");

    public int ProcessId => int.Parse(File.ReadAllText(PidPath), System.Globalization.CultureInfo.InvariantCulture);

    private string PidPath => System.IO.Path.Combine(_directory.FullName, "pid");

    /// <summary>Waits until it runs.</summary>
    public async Task UntilRunningAsync()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!File.Exists(PidPath) || !File.ReadAllText(PidPath).EndsWith('\n'))
        {
            await pause.WaitForNextTickAsync(deadline.Token);
        }
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
