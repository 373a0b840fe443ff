using System.Diagnostics;
using System.Globalization;
using Metrana.Server.Http;

namespace Metrana.Server.Child;

/// <summary>The server of a data directory: found there, or started for whoever comes.</summary>
internal sealed class FoundServer
{
    /// <summary>How a server's program ends that finds the address taken.</summary>
    private const int AddressTaken = 2;

    /// <summary>How it ends when another server lives in the directory.</summary>
    private const int DirectoryTaken = 3;

    private readonly DataDirectory _directory;
    private readonly TimeSpan _stopTimeout;

    private FoundServer(DataDirectory directory, LivingServer living, TimeSpan stopTimeout)
    {
        _directory = directory;
        _stopTimeout = stopTimeout;
        Living = living;
    }

    public LivingServer Living { get; }

    public static async Task<FoundServer> FindOrStartAsync(LocalServerOptions options, CancellationToken cancellationToken)
    {
        var directory = new DataDirectory(options.DataDirectory ?? DataDirectory.Default);
        // Who asks for the user's own server finds its page at the usual address.
        var usualPort = options.DataDirectory is null;
        var since = Stopwatch.StartNew();
        while (true)
        {
            var living = await directory.FindAsync(cancellationToken).ConfigureAwait(false)
                ?? await StartAsync(directory, usualPort, options, cancellationToken).ConfigureAwait(false);
            if (living is not null)
            {
                return new FoundServer(directory, living, options.StopTimeout);
            }

            if (since.Elapsed > options.StartTimeout)
            {
                throw new LocalServerException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"A server lives in {directory.FullPath}, but has not answered within {options.StartTimeout.TotalSeconds:0.###} seconds ")
                    + "(LocalServerOptions.StartTimeout). Its log is the file server.log there.");
            }
        }
    }

    /// <summary>The server that lives in a directory, which is there; <see langword="null"/> when none does.</summary>
    public static async Task<FoundServer?> FindAsync(string path, TimeSpan stopTimeout, CancellationToken cancellationToken)
    {
        var directory = new DataDirectory(path);
        return await directory.FindAsync(cancellationToken).ConfigureAwait(false) is { } living
            ? new FoundServer(directory, living, stopTimeout)
            : null;
    }

    /// <summary>Asks the server to end, and waits until it has. Never throws.</summary>
    public async Task StopAsync()
    {
        using var deadline = new CancellationTokenSource(_stopTimeout);
        try
        {
            using var http = new ServerHttp(Living.Http, Living.Key);
            await http.PostAsync("api/v1/server/stop", deadline.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is LocalServerException or OperationCanceledException)
        {
            // It is gone already, or will end by itself.
        }

        await _directory.UntilLeftAsync(_stopTimeout).ConfigureAwait(false);
    }

    /// <summary>Starts a server; <see langword="null"/>: another one lives there, or did until now.</summary>
    private static async Task<LivingServer?> StartAsync(
        DataDirectory directory, bool usualPort, LocalServerOptions options, CancellationToken cancellationToken)
    {
        using var reserved = await directory.ReserveAsync(options.StartTimeout, cancellationToken).ConfigureAwait(false);
        if (await directory.FindAsync(cancellationToken).ConfigureAwait(false) is { } living)
        {
            return living; // Somebody was faster.
        }

        var program = ServerProgram.Find(options.ProgramPath);
        try
        {
            await LaunchAsync(program, usualPort).ConfigureAwait(false);
        }
        catch (LocalServerException e) when (usualPort && e.ExitCode == AddressTaken)
        {
            await LaunchAsync(program, usualPort: false).ConfigureAwait(false);
        }
        catch (LocalServerException e) when (e.ExitCode == DirectoryTaken)
        {
            return null; // One that is about to end, or one that was started by hand and does not listen yet.
        }

        return await directory.FindAsync(cancellationToken).ConfigureAwait(false);

        async Task LaunchAsync(string program, bool usualPort)
        {
            var arguments = ServerArguments.Detached(directory.FullPath, options, usualPort);
            var process = await ServerProcess.StartAsync(program, arguments, options, cancellationToken).ConfigureAwait(false);
            process.LetGo();
        }
    }
}
