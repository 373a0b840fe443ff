using System.Diagnostics;
using System.Globalization;

namespace Metrana.Server.Tests;

/// <summary>What tests ask about processes.</summary>
internal static class Processes
{
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
    public static Task UntilEndedAsync(int id) => UntilAsync(() => !Runs(id), $"process {id} to end");

    /// <summary>Waits until something is so.</summary>
    /// <exception cref="TimeoutException">It is not within 20 seconds.</exception>
    public static async Task UntilAsync(Func<bool> isSo, string what)
    {
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        var since = Stopwatch.StartNew();
        while (!isSo())
        {
            if (since.Elapsed > TimeSpan.FromSeconds(20))
            {
                throw new TimeoutException($"Waited 20 s for {what}.");
            }

            await pause.WaitForNextTickAsync();
        }
    }

    public static void Kill(int id)
    {
        using var process = Process.GetProcessById(id);
        process.Kill();
    }
}
