using System.Globalization;
using System.Runtime.InteropServices;

namespace Benchmarks.Results;

/// <summary>Where and when something was measured, and how busy the machine was with other things.</summary>
internal sealed record Machine
{
    public string Cpu { get; init; } = "";

    public int Cores { get; init; }

    public string Os { get; init; } = "";

    public string Runtime { get; init; } = "";

    public string Date { get; init; } = "";

    public double Load { get; init; }

    public static Machine This => new()
    {
        Cpu = CpuName(),
        Cores = Environment.ProcessorCount,
        Os = $"{RuntimeInformation.OSDescription}, {RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}",
        Runtime = RuntimeInformation.FrameworkDescription,
        Date = DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture),
        Load = LoadAverage(),
    };

    private static string CpuName()
    {
        const string Field = "model name";
        string? line = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith(Field, StringComparison.Ordinal))
            : null;
        return line is null ? "unknown" : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }

    private static double LoadAverage() =>
        File.Exists("/proc/loadavg")
            ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture)
            : 0;
}
