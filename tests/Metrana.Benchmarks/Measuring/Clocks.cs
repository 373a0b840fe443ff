using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Benchmarks.Measuring;

/// <summary>Wall time, and the CPU time of a thread and of the process as the kernel books it.</summary>
internal static unsafe partial class Clocks
{
    private const int ProcessCpu = 2; // CLOCK_PROCESS_CPUTIME_ID
    private const int ThreadCpu = 3; // CLOCK_THREAD_CPUTIME_ID
    private const int Monotonic = 1; // CLOCK_MONOTONIC

    /// <summary>Seconds of no particular origin.</summary>
    public static double Wall => Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;

    /// <summary>CPU seconds of the calling thread, user and system together.</summary>
    public static double OfThread => Read(ThreadCpu);

    /// <summary>CPU seconds of all threads of the process, user and system together.</summary>
    public static double OfProcess => Read(ProcessCpu);

    /// <summary>CPU seconds of another process, to a hundredth.</summary>
    public static double OfOther(int processId)
    {
        // Behind the name, which may hold anything, in parentheses: state, ..., user and system ticks as fields 14 and 15.
        string line = File.ReadAllText($"/proc/{processId}/stat");
        string[] fields = line[(line.LastIndexOf(')') + 2)..].Split(' ');
        const double TicksPerSecond = 100; // USER_HZ, the same on every Linux
        return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }

    /// <summary>Waits, without spinning. Unlike the waits of .NET it can be shorter than a millisecond.</summary>
    public static void Pause(double seconds)
    {
        if (seconds <= 0)
        {
            return;
        }

        TimeSpec time = new() { Seconds = (nint)seconds, Nanoseconds = (nint)((seconds - Math.Floor(seconds)) * 1e9) };
        _ = ClockNanosleep(Monotonic, 0, &time, null);
    }

    private static double Read(int clock)
    {
        TimeSpec time;
        if (!OperatingSystem.IsLinux() || ClockGetTime(clock, &time) != 0)
        {
            throw new PlatformNotSupportedException("CPU time is measured by the clocks of Linux.");
        }

        return time.Seconds + (time.Nanoseconds / 1e9);
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ClockGetTime(int clock, TimeSpec* time);

    [LibraryImport("libc", EntryPoint = "clock_nanosleep")]
    private static partial int ClockNanosleep(int clock, int flags, TimeSpec* time, TimeSpec* left);

    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
