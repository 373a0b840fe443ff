namespace Metrana.Machine;

/// <summary>Reads how busy the machine is, by the means of its system. What a system does not tell is null.</summary>
internal static class HostReadings
{
    /// <summary>What all processors together were idle since the machine started, and all the time there was, in a unit of the system's.</summary>
    public static (long Idle, long Total)? Cpu() =>
        OperatingSystem.IsWindows() ? WindowsReadings.Cpu()
        : OperatingSystem.IsMacOS() ? MacReadings.Cpu()
        : LinuxReadings.Cpu(LinuxReadings.Read("/proc/stat"));

    /// <summary>The memory of the machine in bytes, and how much of it programs could have now.</summary>
    public static (long Total, long Available)? Memory() =>
        OperatingSystem.IsWindows() ? WindowsReadings.Memory()
        : OperatingSystem.IsMacOS() ? MacReadings.Memory()
        : LinuxReadings.Memory(LinuxReadings.Read("/proc/meminfo"));
}
