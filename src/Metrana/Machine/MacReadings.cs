using System.Runtime.InteropServices;

namespace Metrana.Machine;

/// <summary>Asks the kernel of macOS how busy the machine is.</summary>
internal static partial class MacReadings
{
    private const int CpuLoad = 3; // HOST_CPU_LOAD_INFO
    private const int VirtualMemory = 4; // HOST_VM_INFO64
    private const int CpuLoadWords = 4;

    // The record of virtual memory has 38 words in macOS 12, and later ones may add some: the kernel fills what there is room for.
    private const int VirtualMemoryWords = 64;
    private const int Free = 0;
    private const int Inactive = 2;

    private static readonly Lazy<uint> _host = new(MachHostSelf);

    /// <summary>The idle ticks and all ticks of the processors.</summary>
    public static (long Idle, long Total)? Cpu()
    {
        Span<uint> ticks = stackalloc uint[CpuLoadWords];
        uint words = CpuLoadWords;

        // user, system, idle, nice
        return HostStatistics(_host.Value, CpuLoad, ticks, ref words) == 0
            ? (ticks[2], (long)ticks[0] + ticks[1] + ticks[2] + ticks[3])
            : null;
    }

    /// <summary>The physical memory in bytes; pages that nobody used lately can be had as well as free ones.</summary>
    public static (long Total, long Available)? Memory()
    {
        Span<uint> pages = stackalloc uint[VirtualMemoryWords];
        uint words = VirtualMemoryWords;
        return HostStatistics64(_host.Value, VirtualMemory, pages, ref words) == 0
            && PhysicalMemory() is { } total
                ? (total, ((long)pages[Free] + pages[Inactive]) * Environment.SystemPageSize)
                : null;
    }

    private static long? PhysicalMemory()
    {
        nint size = sizeof(long);
        return ByName("hw.memsize", out long bytes, ref size, 0, 0) == 0 ? bytes : null;
    }

    // Each call of it takes a reference to the port, so it is called once.
    [LibraryImport("libSystem", EntryPoint = "mach_host_self")]
    private static partial uint MachHostSelf();

    [LibraryImport("libSystem", EntryPoint = "host_statistics")]
    private static partial int HostStatistics(uint host, int flavor, Span<uint> info, ref uint words);

    [LibraryImport("libSystem", EntryPoint = "host_statistics64")]
    private static partial int HostStatistics64(uint host, int flavor, Span<uint> info, ref uint words);

    [LibraryImport("libSystem", EntryPoint = "sysctlbyname", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ByName(string name, out long value, ref nint size, nint newValue, nint newSize);
}
