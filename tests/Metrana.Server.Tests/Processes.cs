using System.Diagnostics;
using System.Globalization;

namespace Metrana.Server.Tests;

/// <summary>What tests ask about processes.</summary>
internal static class Processes
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(20);

    /// <summary>Whether a process runs; one that has ended and only waits to be collected does not.</summary>
    public static bool Runs(int id)
    {
        try
        {
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/stat"));
            return stat[(stat.LastIndexOf(')') + 2)] is not ('Z' or 'X');
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or IOException)
        {
            return false;
        }
    }

    /// <summary>Waits until a process has ended.</summary>
    /// <exception cref="TimeoutException">It has not within 20 seconds.</exception>
    public static Task UntilEndedAsync(int id) => Eventually.ShouldAsync(() => !Runs(id), $"process {id} ends", _patience);

    public static void Kill(int id)
    {
        using var process = Process.GetProcessById(id);
        process.Kill();
    }
}
