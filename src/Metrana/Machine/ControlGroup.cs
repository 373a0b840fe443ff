using System.Globalization;

namespace Metrana.Machine;

/// <summary>
/// What a container may use at most and uses: the limits and counters of the control group of this process, in the files of
/// version 2 or 1. Where there is no limit, or none of these files, there is nothing to read.
/// </summary>
internal sealed class ControlGroup
{
    /// <summary>Version 1 says "no limit" with the greatest number of pages; whatever is near it is none.</summary>
    private const long NoLimit = 1L << 60;

    private readonly string _mount;

    /// <summary>The group's path by the controller of version 1; that of version 2 has no name.</summary>
    private readonly Dictionary<string, string> _paths = new(StringComparer.Ordinal);

    /// <param name="root">The root of the file system; another one in tests.</param>
    public ControlGroup(string root = "/")
    {
        _mount = Path.Combine(root, "sys/fs/cgroup");
        foreach (string line in LinuxReadings.Read(Path.Combine(root, "proc/self/cgroup")).Split('\n'))
        {
            // A number, the controllers, the path: "4:memory:/docker/1", or of version 2 "0::/docker/1".
            string[] parts = line.Split(':', 3);
            if (parts.Length == 3)
            {
                foreach (string controller in parts[1].Split(','))
                {
                    _paths[controller] = parts[2].Trim();
                }
            }
        }
    }

    /// <summary>The most memory that the group may take and what it has taken, in bytes, without what the system can drop at once.</summary>
    public (long Limit, long Used)? Memory()
    {
        (long Limit, long Used)? tightest = null;
        foreach (string folder in Folders("memory"))
        {
            long? limit = Number(folder, "memory.max") ?? Number(folder, "memory.limit_in_bytes");
            long? taken = Number(folder, "memory.current") ?? Number(folder, "memory.usage_in_bytes");
            if (limit is { } most && taken is { } all && most is > 0 and < NoLimit && (tightest is null || most < tightest.Value.Limit))
            {
                long cache = Field(folder, "memory.stat", "total_inactive_file") ?? Field(folder, "memory.stat", "inactive_file") ?? 0;
                tightest = (most, Math.Max(0, all - cache));
            }
        }

        return tightest;
    }

    /// <summary>How many processors' worth of time the group may take, and what it has taken since it was made.</summary>
    public (double Processors, TimeSpan Used)? Cpu()
    {
        double? least = null;
        TimeSpan used = default;
        foreach (string folder in Folders("cpu"))
        {
            if (Quota(folder) is { } quota && (least is null || quota < least) && Used(folder) is { } time)
            {
                (least, used) = (quota, time);
            }
        }

        return least is { } processors ? (processors, used) : null;
    }

    private static double? Quota(string folder)
    {
        string[] both = LinuxReadings.Read(Path.Combine(folder, "cpu.max")).Split(' ', StringSplitOptions.TrimEntries);
        (long? quota, long? period) = both.Length == 2
            ? (Parse(both[0]), Parse(both[1]))
            : (Number(folder, "cpu.cfs_quota_us"), Number(folder, "cpu.cfs_period_us"));
        return quota is > 0 && period is > 0 ? (double)quota.Value / period.Value : null;
    }

    private TimeSpan? Used(string folder)
    {
        if (!_paths.ContainsKey("cpu"))
        {
            return Field(folder, "cpu.stat", "usage_usec") is { } micros ? TimeSpan.FromMicroseconds((double)micros) : null;
        }

        // Version 1 counts under a name of its own, which mostly is another one of the same folder.
        string top = Path.Combine(_mount, "cpu");
        string beside = Path.Combine(_mount, "cpuacct" + folder[top.Length..]);
        return (Number(folder, "cpuacct.usage") ?? Number(beside, "cpuacct.usage")) is { } nanos
            ? TimeSpan.FromMicroseconds(nanos / 1000.0)
            : null;
    }

    /// <summary>The folders of the group and of those above it, each of which may set a limit.</summary>
    private IEnumerable<string> Folders(string controller)
    {
        bool old = _paths.TryGetValue(controller, out string? path);
        if (!old && !_paths.TryGetValue("", out path))
        {
            yield break;
        }

        string top = old ? Path.Combine(_mount, controller) : _mount;

        // In a container the path may be the host's, and the folder that is mounted already is the group's.
        for (string inner = path!.Trim('/'); ; inner = Path.GetDirectoryName(inner) ?? "")
        {
            string folder = inner.Length == 0 ? top + "/" : Path.Combine(top, inner);
            if (Directory.Exists(folder))
            {
                yield return folder;
            }

            if (inner.Length == 0)
            {
                yield break;
            }
        }
    }

    private static long? Number(string folder, string file) => Parse(LinuxReadings.Read(Path.Combine(folder, file)));

    private static long? Field(string folder, string file, string name)
    {
        foreach (string line in LinuxReadings.Read(Path.Combine(folder, file)).Split('\n'))
        {
            if (line.StartsWith(name + " ", StringComparison.Ordinal))
            {
                return Parse(line[(name.Length + 1)..]);
            }
        }

        return null;
    }

    private static long? Parse(string text) =>
        long.TryParse(text.AsSpan().Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : null;
}
