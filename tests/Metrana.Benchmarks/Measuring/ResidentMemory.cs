using System.Globalization;

namespace Benchmarks.Measuring;

/// <summary>What of the process lies in memory, in MiB.</summary>
internal static class ResidentMemory
{
    /// <summary>Now.</summary>
    public static double NowMiB => Read("VmRSS:");

    /// <summary>The most since the process began, or since <see cref="ForgetPeak"/>.</summary>
    public static double PeakMiB => Read("VmHWM:");

    /// <summary>Begins a new peak. Where the kernel does not allow it, the peak stays the one of the whole process.</summary>
    /// <returns>Whether it does.</returns>
    public static bool ForgetPeak()
    {
        try
        {
            File.WriteAllText("/proc/self/clear_refs", "5"); // CLEAR_REFS_MM_HIWATER_RSS: touches no page
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>What of another process lies in memory now.</summary>
    public static double OfOtherMiB(int processId) => Read("VmRSS:", processId.ToString(CultureInfo.InvariantCulture));

    private static double Read(string field, string process = "self")
    {
        foreach (string line in File.ReadLines($"/proc/{process}/status"))
        {
            if (line.StartsWith(field, StringComparison.Ordinal))
            {
                ReadOnlySpan<char> kibibytes = line.AsSpan(field.Length).Trim().TrimEnd("kB").TrimEnd();
                return long.Parse(kibibytes, CultureInfo.InvariantCulture) / 1024.0;
            }
        }

        throw new PlatformNotSupportedException($"The kernel does not tell {field}");
    }
}
