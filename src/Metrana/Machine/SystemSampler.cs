using System.Diagnostics;
using System.Globalization;
using Metrana.Native;

namespace Metrana.Machine;

/// <summary>
/// Logs every now and then how busy the machine and the process are. What all processes of the run on a machine would read alike is
/// logged by one of them.
/// </summary>
internal sealed class SystemSampler : IDisposable
{
    private const int Percent = 100;

    private readonly Run _run;
    private readonly TimeProvider _clock;
    private readonly ITimer _timer;
    private readonly object _gate = new();
    private readonly Labels _host = new(("host", Environment.MachineName));
    private readonly Labels _process = new(
        ("host", Environment.MachineName), ("pid", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));

    private readonly string _disk = Environment.CurrentDirectory;
    private readonly ControlGroup _group;
    private (long Idle, long Total)? _cpu;
    private (long At, TimeSpan Used)? _groupCpu;
    private (long At, TimeSpan Used) _used;
    private long _allocated;
    private readonly Func<Nvml?> _findCards;
    private readonly HostTurn? _turn;
    private TimeSpan _paused;
    private GpuSampler? _cards;
    private bool _lookedForCards;
    private bool _describedHost;
    private bool _disposed;

    /// <param name="run">Where it is logged.</param>
    /// <param name="interval">How often.</param>
    /// <param name="clock">Whose time counts.</param>
    /// <param name="group">The limits of the container.</param>
    /// <param name="findCards">Finds the graphics cards.</param>
    /// <param name="turn">Which process of the run logs what is the machine's; null where there is only this one.</param>
    public SystemSampler(
        Run run, TimeSpan interval, TimeProvider clock, ControlGroup? group = null, Func<Nvml?>? findCards = null, HostTurn? turn = null)
    {
        (_run, _clock, _group, _turn) = (run, clock, group ?? new ControlGroup(), turn);
        _findCards = findCards ?? (static () => Nvml.TryLoad());
        ReadCpu();
        _used = (clock.GetTimestamp(), CpuTime());
        (_allocated, _paused) = (GC.GetTotalAllocatedBytes(), GC.GetTotalPauseDuration());
        _timer = clock.CreateTimer(static state => ((SystemSampler)state!).Sample(), this, interval, interval);
    }

    public void Dispose()
    {
        _timer.Dispose();
        lock (_gate)
        {
            _cards?.Dispose();
            _turn?.Dispose();
            _disposed = true;
        }
    }

    private void Sample()
    {
        // A sample that takes longer than the interval is not joined by the next one.
        if (!Monitor.TryEnter(_gate))
        {
            return;
        }

        try
        {
            if (_disposed)
            {
                return;
            }

            // A run that still waits for its service has no siblings yet.
            if (_turn is null || _run.Id.Length == 0 || _turn.Take(_run.Id, _run.WasCreated))
            {
                DescribeHost();
                SampleHost();
                SampleCards();
            }
            else
            {
                // Should its turn come, the load is that since then, and not since the process began.
                ReadCpu();
            }

            SampleProcess();
        }
        catch (Exception e) when (e is MetranaException or ObjectDisposedException or IOException or UnauthorizedAccessException)
        {
            // The run has ended, or something cannot be read today. Nobody trains worse for that.
        }
        finally
        {
            Monitor.Exit(_gate);
        }
    }

    private void DescribeHost()
    {
        if (!_describedHost)
        {
            _describedHost = true;
            _run.LogAttributes("system", new Dictionary<string, object?>
            {
                ["platform"] = HostTurn.Platform,
                ["arbitration_mode"] = _turn?.Mode ?? "creator",
            });
        }
    }

    private void ReadCpu()
    {
        _groupCpu = _group.Cpu() is { } taken ? (_clock.GetTimestamp(), taken.Used) : null;
        _cpu = HostReadings.Cpu();
    }

    private void SampleHost()
    {
        SampleCpu();
        SampleMemory();
        DriveInfo disk = new(Path.GetPathRoot(_disk) ?? _disk);
        if (disk is { IsReady: true, TotalSize: > 0 })
        {
            Log("system/disk/total_bytes", disk.TotalSize, _host);
            Log("system/disk/free_bytes", disk.AvailableFreeSpace, _host);
            Log("system/disk/utilization", Percent * (1 - ((double)disk.TotalFreeSpace / disk.TotalSize)), _host);
        }
    }

    /// <summary>The driver's library is looked for at the first sample: loading it takes a while, and most machines have none.</summary>
    private void SampleCards()
    {
        if (!_lookedForCards)
        {
            _lookedForCards = true;
            _cards = _findCards() is { Count: > 0 } nvml ? new GpuSampler(_run, nvml) : null;
        }

        _cards?.Sample();
    }

    /// <summary>In a container with a limit, what counts is how much of that is used.</summary>
    private void SampleCpu()
    {
        if (_group.Cpu() is { } group)
        {
            long at = _clock.GetTimestamp();
            Log("system/cpu/limit_cores", group.Processors, _host);
            if (_groupCpu is { } earlier && _clock.GetElapsedTime(earlier.At, at).TotalSeconds is > 0 and double elapsed)
            {
                Log("system/cpu/utilization", Percent * (group.Used - earlier.Used).TotalSeconds / (elapsed * group.Processors), _host);
            }

            _groupCpu = (at, group.Used);
            return;
        }

        (long Idle, long Total)? cpu = HostReadings.Cpu();
        if (cpu is { } now && _cpu is { } before && now.Total > before.Total)
        {
            Log("system/cpu/utilization", Percent * (1 - ((double)(now.Idle - before.Idle) / (now.Total - before.Total))), _host);
        }

        _cpu = cpu;
    }

    private void SampleMemory()
    {
        if (_group.Memory() is { } group)
        {
            Log("system/memory/limit_bytes", group.Limit, _host);
            Log("system/memory/used_bytes", group.Used, _host);
            Log("system/memory/utilization", Percent * (double)group.Used / group.Limit, _host);
        }
        else if (HostReadings.Memory() is { Total: > 0 } memory)
        {
            Log("system/memory/used_bytes", memory.Total - memory.Available, _host);
            Log("system/memory/utilization", Percent * (1 - ((double)memory.Available / memory.Total)), _host);
        }
    }

    private void SampleProcess()
    {
        (long At, TimeSpan Used) now = (_clock.GetTimestamp(), CpuTime());
        double seconds = _clock.GetElapsedTime(_used.At, now.At).TotalSeconds;
        if (seconds > 0)
        {
            Log("system/process/cpu_utilization", Percent * (now.Used - _used.Used).TotalSeconds / seconds, _process);
        }

        _used = now;
        Log("system/process/rss_bytes", Environment.WorkingSet, _process);
        Log("system/process/gc_heap_bytes", GC.GetGCMemoryInfo().HeapSizeBytes, _process);
        long allocated = GC.GetTotalAllocatedBytes();
        Log("system/process/allocated_bytes", allocated - _allocated, _process);
        _allocated = allocated;
        TimeSpan paused = GC.GetTotalPauseDuration();
        Log("system/process/gc_pause_seconds", (paused - _paused).TotalSeconds, _process);
        _paused = paused;
        Log("system/process/thread_pool_threads", ThreadPool.ThreadCount, _process);
        Log("system/process/thread_pool_queue", ThreadPool.PendingWorkItemCount, _process);
    }

    private static TimeSpan CpuTime()
    {
        using Process self = Process.GetCurrentProcess();
        return self.TotalProcessorTime;
    }

    private void Log(string metric, double value, Labels labels) => _run.LogQuietly(metric, value, labels);
}
