using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Metrana.Server.Http;

namespace Metrana.Server.Child;

/// <summary>
/// The server as a child process. It holds the reading end of a pipe whose writing end lives here as long as this process
/// does, however it ends; at the end of that pipe the server ends itself.
/// </summary>
internal sealed class ServerProcess
{
    private const int AccessDenied = 13; // EACCES, the same number on every Unix

    /// <summary>How long a killed process may take to be gone; only a process stuck in the kernel takes longer.</summary>
    private static readonly TimeSpan _killTimeout = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly LastLines _standardError;
    private readonly TimeSpan _stopTimeout;
    private readonly bool _linger;
    private readonly Lazy<Task> _stop;

    private ServerProcess(Process process, LastLines standardError, LocalServerOptions options)
    {
        _process = process;
        _standardError = standardError;
        _stopTimeout = options.StopTimeout;
        _linger = options.Linger;
        _stop = new Lazy<Task>(StopOnceAsync);
        Id = process.Id;
    }

    public int Id { get; }

    public ServerEndpoints Endpoints { get; private set; } = new("", "");

    /// <summary>Starts the program and waits for the line that tells where it listens.</summary>
    public static async Task<ServerProcess> StartAsync(
        string program, ServerArguments arguments, LocalServerOptions options, CancellationToken cancellationToken)
    {
        var server = Launch(program, arguments, options);
        try
        {
            server.Endpoints = await server.ReadEndpointsAsync(program, options.StartTimeout, cancellationToken).ConfigureAwait(false);
            return server;
        }
        catch
        {
            server.Kill();
            await server.StopAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Lets the server finish within its time, then kills it. Never throws; every caller waits for the same end.</summary>
    public Task StopAsync() => _stop.Value;

    /// <summary>Leaves the process to itself.</summary>
    public void LetGo() => _process.Dispose();

    private static ServerProcess Launch(string program, ServerArguments arguments, LocalServerOptions options)
    {
        ServerProgram.MakeExecutable(program);
        try
        {
            return LaunchFile(program, arguments, options);
        }
        catch (Win32Exception e) when (e.NativeErrorCode == AccessDenied && !OperatingSystem.IsWindows())
        {
            // The file cannot be executed where it is: a read-only place, or one mounted without execution.
            return LaunchCopy(program, arguments, options, e);
        }
        catch (Win32Exception e)
        {
            throw CannotStart(program, e);
        }
    }

    private static ServerProcess LaunchCopy(
        string program, ServerArguments arguments, LocalServerOptions options, Win32Exception cause)
    {
        string? directory = null;
        try
        {
            (directory, var copy) = ServerProgram.CopyToTemporary(program);
            return LaunchFile(copy, arguments, options);
        }
        catch (Exception e) when (e is Win32Exception or IOException or UnauthorizedAccessException)
        {
            throw CannotStart(program, cause);
        }
        finally
        {
            DeleteQuietly(directory); // A program that runs needs its file no more.
        }
    }

    private static LocalServerException CannotStart(string program, Win32Exception cause) => new(
        $"The server program {program} cannot be started on this machine ({ServerProgram.Rid}): {cause.Message}. "
        + "Check that it is built for this platform and executable, here or from the temporary folder.",
        cause);

    private static ServerProcess LaunchFile(string program, ServerArguments arguments, LocalServerOptions options)
    {
        var start = new ProcessStartInfo(program)
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            // A server that outlives this process must not lose the place it writes its log to.
            RedirectStandardError = !arguments.OwnStandardError,
        };
        foreach (var argument in arguments.List)
        {
            start.ArgumentList.Add(argument);
        }

        // What the environment says is meant for servers that are started by hand.
        foreach (var name in start.Environment.Keys.Where(ServerArguments.IsOption).ToList())
        {
            start.Environment.Remove(name);
        }

        var standardError = new LastLines();
        var process = new Process { StartInfo = start };
        process.ErrorDataReceived += (_, line) => standardError.Add(line.Data);
        process.Start();
        if (!arguments.OwnStandardError)
        {
            process.BeginErrorReadLine();
        }

        return new ServerProcess(process, standardError, options);
    }

    private async Task<ServerEndpoints> ReadEndpointsAsync(string program, TimeSpan timeout, CancellationToken cancellationToken)
    {
        string? line;
        try
        {
            line = await _process.StandardOutput.ReadLineAsync(CancellationToken.None).AsTask()
                .WaitAsync(timeout, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw new LocalServerException(
                string.Create(CultureInfo.InvariantCulture, $"The server {program} did not listen within {timeout.TotalSeconds:0.###} seconds")
                + $" (LocalServerOptions.StartTimeout).{_standardError.Text()}",
                e);
        }

        if (line is null)
        {
            var ended = await EndedWithinAsync(_killTimeout).ConfigureAwait(false);
            if (!ended)
            {
                throw new LocalServerException($"The server {program} closed its standard output before it listened.{_standardError.Text()}");
            }

            var exitCode = _process.ExitCode;
            throw new LocalServerException(
                $"The server {program} ended with exit code {exitCode} before it listened.{_standardError.Text()}", exitCode);
        }

        return ServerEndpoints.Read(line) ?? throw new LocalServerException(
            $"The first line of {program} does not say where it listens: '{line}'. Is it a metrana-server program of this version?");
    }

    private async Task StopOnceAsync()
    {
        try
        {
            if (_linger)
            {
                Kill(); // It pays no attention to its standard input, and what it has acknowledged is stored.
            }
            else
            {
                _process.StandardInput.Close();
            }

            if (!await EndedWithinAsync(_stopTimeout).ConfigureAwait(false))
            {
                Kill();
                await EndedWithinAsync(_killTimeout).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or Win32Exception)
        {
            // It is gone already, or beyond reach: either way there is nothing left to end.
        }

        _process.Dispose();
    }

    private async Task<bool> EndedWithinAsync(TimeSpan timeout)
    {
        try
        {
            using var deadline = new CancellationTokenSource(timeout);
            await _process.WaitForExitAsync(deadline.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            // Ended on its own a moment before.
        }
    }

    private static void DeleteQuietly(string? directory)
    {
        try
        {
            if (directory is not null)
            {
                Directory.Delete(directory, recursive: true);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A leftover copy in the temporary folder harms nobody.
        }
    }
}
