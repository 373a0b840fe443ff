using Metrana.Machine;
using Metrana.Tests.Support;

namespace Metrana.Tests;

/// <summary>How busy the machine is, under the names of the published client.</summary>
public class SystemMetricsTests
{
    [Fact]
    public void A_sample_has_the_published_names_and_says_whose_it_is()
    {
        using Run run = Run.InMemory();
        ManualClock clock = new();
        using SystemSampler sampler = new(run, TimeSpan.FromSeconds(30), clock);
        clock.Tick(TimeSpan.FromSeconds(30));
        clock.Tick(TimeSpan.FromSeconds(30));

        string[] everywhere =
        [
            "system/disk/total_bytes", "system/disk/free_bytes", "system/disk/utilization", "system/process/rss_bytes",
            "system/process/cpu_utilization", "system/process/gc_heap_bytes", "system/process/allocated_bytes",
            "system/process/gc_pause_seconds", "system/process/thread_pool_threads", "system/process/thread_pool_queue",
        ];
        foreach (string metric in everywhere)
        {
            run.Recording.Of(metric).Select(point => point.Step).Should().Equal([0, 1], metric);
        }

        if (OperatingSystem.IsLinux())
        {
            run.Recording.Of("system/memory/utilization").Should().OnlyContain(point => point.Value > 0 && point.Value <= 100);
            run.Recording.Of("system/memory/used_bytes").Should().HaveCount(2);
        }

        run.Recording.Points.Should().OnlyContain(point => point.Labels["host"] == Environment.MachineName);
        run.Recording.Of("system/process/rss_bytes")[0].Labels.Should().ContainKey("pid");
        run.Recording.Of("system/process/rss_bytes")[0].Value.Should().BeGreaterThan(1e6);
    }

    [Fact]
    public void The_counters_of_linux_are_read()
    {
        HostReadings.Cpu("cpu  100 0 50 800 50 0 0 0 0 0\ncpu0 1 2 3\n").Should().Be((850L, 1000L));
        HostReadings.Memory("MemTotal:  1000 kB\nMemFree: 1 kB\nMemAvailable:   250 kB\n").Should().Be((1_024_000L, 256_000L));
        HostReadings.Cpu("").Should().BeNull();
        HostReadings.Memory("rubbish").Should().BeNull();
    }
}
