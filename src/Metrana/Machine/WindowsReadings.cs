using System.Runtime.InteropServices;

namespace Metrana.Machine;

/// <summary>Asks Windows how busy the machine is.</summary>
internal static partial class WindowsReadings
{
    /// <summary>The idle time and all time of the processors, in units of 100 ns.</summary>
    public static (long Idle, long Total)? Cpu() =>
        // The time in the kernel includes that of being idle.
        GetSystemTimes(out long idle, out long kernel, out long user) ? (idle, kernel + user) : null;

    /// <summary>The physical memory in bytes.</summary>
    public static (long Total, long Available)? Memory()
    {
        MemoryStatus status = new() { Size = (uint)Marshal.SizeOf<MemoryStatus>() };
        return GlobalMemoryStatusEx(ref status) ? ((long)status.TotalPhysical, (long)status.AvailablePhysical) : null;
    }

    // A FILETIME is two halves of a number, the lower one first: a long on every machine that Windows runs on.
    [LibraryImport("kernel32")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool GetSystemTimes(out long idle, out long kernel, out long user);

    [LibraryImport("kernel32")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool GlobalMemoryStatusEx(ref MemoryStatus status);

    /// <summary>MEMORYSTATUSEX.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct MemoryStatus
    {
        public uint Size;
        public uint Load;
        public ulong TotalPhysical;
        public ulong AvailablePhysical;
        public ulong TotalPageFile;
        public ulong AvailablePageFile;
        public ulong TotalVirtual;
        public ulong AvailableVirtual;
        public ulong AvailableExtendedVirtual;
    }
}
