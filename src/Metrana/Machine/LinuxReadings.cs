using System.Globalization;

namespace Metrana.Machine;

/// <summary>Reads the files in which Linux keeps the counters of a machine. Where there are none, there is nothing to read.</summary>
internal static class LinuxReadings
{
    /// <summary>What all processors were idle and what they ran, in jiffies, from the text of <c>/proc/stat</c>.</summary>
    public static (long Idle, long Total)? Cpu(string text)
    {
        string first = text.Split('\n', 2)[0];
        if (!first.StartsWith("cpu ", StringComparison.Ordinal))
        {
            return null;
        }

        long[] jiffies = [.. first.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(8).Select(Number)];

        // user, nice, system, idle, iowait, irq, softirq, steal: waiting for a disk is being idle.
        return jiffies.Length < 5 ? null : (jiffies[3] + jiffies[4], jiffies.Sum());
    }

    /// <summary>The memory of the machine in bytes, from the text of <c>/proc/meminfo</c>.</summary>
    public static (long Total, long Available)? Memory(string text)
    {
        long? total = Kilobytes(text, "MemTotal:");
        long? available = Kilobytes(text, "MemAvailable:");
        return total is { } all && available is { } free ? (all * 1024, free * 1024) : null;
    }

    /// <summary>The text of a file, or nothing where it cannot be read.</summary>
    public static string Read(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path) : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static long? Kilobytes(string text, string name)
    {
        foreach (string line in text.Split('\n'))
        {
            if (line.StartsWith(name, StringComparison.Ordinal))
            {
                return Number(line[name.Length..].Replace("kB", "", StringComparison.Ordinal).Trim());
            }
        }

        return null;
    }

    private static long Number(string text) => long.TryParse(text, CultureInfo.InvariantCulture, out long number) ? number : 0;
}
