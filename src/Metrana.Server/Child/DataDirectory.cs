using System.Diagnostics;
using System.Text.Json;
using Metrana.Server.Http;

namespace Metrana.Server.Child;

/// <summary>A data directory, seen by whoever looks for the server that lives in it.</summary>
internal sealed class DataDirectory
{
    /// <summary>A server on this machine that lives answers at once.</summary>
    private static readonly TimeSpan _answerTimeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(20);

    public DataDirectory(string path)
    {
        FullPath = Path.GetFullPath(path);
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(FullPath);
            }
            else
            {
                Directory.CreateDirectory(FullPath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LocalServerException($"The data directory {FullPath} cannot be created: {e.Message}", e);
        }
    }

    /// <summary>The user's own, unless the environment names another.</summary>
    public static string Default
    {
        get
        {
            if (Environment.GetEnvironmentVariable("METRANA_SERVER_DATA") is { Length: > 0 } named)
            {
                return Path.GetFullPath(named);
            }

            var user = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
            return user.Length > 0
                ? Path.Combine(user, "metrana")
                : throw new LocalServerException("This user has no folder for data: name a data directory, or set METRANA_SERVER_DATA.");
        }
    }

    public string FullPath { get; }

    /// <summary>What the server says that lives here; <see langword="null"/> when none does.</summary>
    public async Task<LivingServer?> FindAsync(CancellationToken cancellationToken)
    {
        // The system unlocks the file with the end of the server, however it ends. What else it left behind may be of one that
        // is gone, and its port may have become somebody else's, who must not be shown the key.
        if (Read() is not { } living || !IsLocked("server.lock"))
        {
            return null;
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(_answerTimeout);
        try
        {
            using var http = new ServerHttp(living.Http, living.Key);
            var about = await http.GetAsync("api/v1/server", ServerJson.Default.AboutServer, deadline.Token).ConfigureAwait(false);
            return about.Pid == living.Pid ? living : null;
        }
        catch (LocalServerException)
        {
            return null; // It is about to end.
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Waits until nobody else is starting a server here, and keeps others from it.</summary>
    public async Task<FileStream> ReserveAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        var since = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return new FileStream(Path.Combine(FullPath, "starting.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (since.Elapsed < timeout)
            {
                await Task.Delay(_pause, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new LocalServerException($"No server can be started in {FullPath}: {e.Message}", e);
            }
        }
    }

    /// <summary>Waits until no server lives here.</summary>
    public async Task<bool> UntilLeftAsync(TimeSpan timeout)
    {
        var since = Stopwatch.StartNew();
        while (IsLocked("server.lock"))
        {
            if (since.Elapsed > timeout)
            {
                return false;
            }

            await Task.Delay(_pause).ConfigureAwait(false);
        }

        return true;
    }

    private LivingServer? Read()
    {
        try
        {
            var living = JsonSerializer.Deserialize(
                File.ReadAllBytes(Path.Combine(FullPath, "server.json")), ServerJson.Default.LivingServer);
            return living is { Grpc: not null, Http: not null } ? living : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    private bool IsLocked(string name)
    {
        try
        {
            using var file = new FileStream(Path.Combine(FullPath, name), FileMode.Open, FileAccess.Read, FileShare.Read);
            return false;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
