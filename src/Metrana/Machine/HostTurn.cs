using System.Runtime.InteropServices;

namespace Metrana.Machine;

/// <summary>
/// Which of the processes of one run on a machine logs what they would all read alike: the one that holds a lock file. The system
/// lets go of it when that process ends, however it ends, and then the next one takes it.
/// </summary>
/// <param name="folder">Where the lock files are; it has to be the same for all of them.</param>
internal sealed class HostTurn(string folder) : IDisposable
{
    private FileStream? _lock;

    /// <summary>How it was decided, as the attribute <c>system/arbitration_mode</c> says it.</summary>
    public string Mode => _lock is null ? "creator" : "lock_file";

    /// <summary>Whether it is this process's turn.</summary>
    /// <param name="run">The run.</param>
    /// <param name="wasCreated">Whether this process created it, which decides where no file can be locked.</param>
    public bool Take(string run, bool wasCreated)
    {
        if (_lock is not null)
        {
            return true;
        }

        // A file of another user could not be opened, so each has one of their own.
        string name = string.Join('_', $"metrana-{run}-{Environment.MachineName}-{Environment.UserName}".Split(Path.GetInvalidFileNameChars()));
        string path = Path.Combine(folder, $"{name}.lock");
        try
        {
            _lock = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false; // Another process holds it.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return wasCreated;
        }
    }

    public void Dispose()
    {
        _lock?.Dispose();
        _lock = null;
    }

    /// <summary>The system in one word, as the attribute <c>system/platform</c> says it.</summary>
    public static string Platform =>
        OperatingSystem.IsWindows() ? "windows"
        : OperatingSystem.IsMacOS() ? "macos"
        : OperatingSystem.IsLinux() ? "linux"
        : RuntimeInformation.OSDescription;
}
