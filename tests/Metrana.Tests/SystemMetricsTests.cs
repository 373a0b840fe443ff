using Metrana.Machine;
using Metrana.Server;
using Metrana.Tests.Support;

namespace Metrana.Tests;

/// <summary>How busy the machine is, under the names of the published client.</summary>
public class SystemMetricsTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private static readonly TimeSpan _period = TimeSpan.FromSeconds(30);

    [Fact]
    [ParityRow("client/system-metrics", "30", "system/memory/used_bytes", "system/memory/utilization", "system/disk/total_bytes", "system/disk/free_bytes", "system/disk/utilization", "system/process/rss_bytes", "system/process/cpu_utilization")]
    [ParityRow("client/system-labels", "host", "pid")]
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

        // Of the processors there may be nothing to say: no tick of them between two samples that follow each other at once.
        run.Recording.Of("system/memory/utilization").Should().HaveCount(2)
            .And.OnlyContain(point => point.Value > 0 && point.Value <= 100);
        run.Recording.Of("system/memory/used_bytes").Should().HaveCount(2);
        run.Recording.Points.Should().OnlyContain(point => point.Labels["host"] == Environment.MachineName);
        run.Recording.Of("system/process/rss_bytes")[0].Labels.Should().ContainKey("pid");
        run.Recording.Of("system/process/rss_bytes")[0].Value.Should().BeGreaterThan(1e6);
    }

    [Fact]
    [ParityRow("client/system-by-itself", "LogSystemMetrics", "SystemMetricsInterval", "a run logs the load by itself")]
    public async Task A_run_logs_the_load_by_itself()
    {
        RunOptions options = shared.Options();
        (options.LogSystemMetrics, options.SystemMetricsInterval) = (null, TimeSpan.FromSeconds(1));
        Run run = await Run.StartAsync(options);
        await Eventually.ShouldAsync(() => run.Metrics.FloatPoints.Added > 0, "a second has passed");
        await run.CloseAsync();

        StoredRun stored = await shared.FindAsync(run);
        (await shared.Server.GetSeriesAsync(stored.RunId)).Should().NotBeEmpty()
            .And.OnlyContain(series => series.Metric.StartsWith("system/", StringComparison.Ordinal) && series.Scale == "ML_STEP");
    }

    [Fact]
    [ParityRow("client/system-platform", "system/platform", "a run that is continued")]
    public async Task A_run_that_is_continued_has_them_as_well()
    {
        RunOptions options = shared.Options();
        (options.Resume, options.LogSystemMetrics, options.SystemMetricsInterval) = (ResumeStrategy.Allow, false, TimeSpan.FromSeconds(1));
        await using (Run first = await Run.StartAsync(options))
        {
            first.WasCreated.Should().BeTrue();
        }

        options.LogSystemMetrics = true;
        Run second = await Run.StartAsync(options);
        second.WasCreated.Should().BeFalse();
        await Eventually.ShouldAsync(() => second.Delivery.Added > 10, "a second has passed");
        await second.CloseAsync();

        StoredRun stored = await shared.FindAsync(second);
        (await shared.Server.GetSeriesAsync(stored.RunId)).Select(series => series.Metric)
            .Should().Contain(["system/disk/total_bytes", "system/process/rss_bytes"]);
        IReadOnlyDictionary<string, StoredValue> attributes = await shared.AttributesAsync(second);
        attributes["system/arbitration_mode"].Should().Be(new StoredValue.Text("lock_file"));
        attributes["system/platform"].Should().Be(new StoredValue.Text(HostTurn.Platform));
    }

    [Fact]
    [ParityRow("client/system-arbitration", "system/arbitration_mode", "one process of a machine", "takes over")]
    public void One_process_of_a_machine_logs_what_is_the_machines_and_the_next_one_takes_over()
    {
        string folder = Directory.CreateTempSubdirectory("metrana-turns-").FullName;
        try
        {
            // Runs in memory have one id, as the processes of one run have.
            using Run one = Run.InMemory();
            using Run two = Run.InMemory();
            ManualClock clock = new();
            using SystemSampler first = new(one, _period, clock, turn: new HostTurn(folder));
            using SystemSampler second = new(two, _period, clock, turn: new HostTurn(folder));
            clock.Tick(_period);
            one.Recording.Of("system/disk/total_bytes").Should().ContainSingle();
            two.Recording.Of("system/disk/total_bytes").Should().BeEmpty();
            two.Recording.Of("system/process/rss_bytes").Should().ContainSingle("each logs its own process");

            first.Dispose();
            clock.Tick(_period);
            one.Recording.Of("system/process/rss_bytes").Should().ContainSingle();
            two.Recording.Of("system/disk/total_bytes").Should().ContainSingle();
            two.Recording.Attributes.Should().Contain("system/arbitration_mode", "lock_file");
            second.Dispose();
            Directory.EnumerateFileSystemEntries(folder).Should().BeEmpty();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    [ParityRow("client/system-arbitration", "where nothing can be locked", "creator")]
    public void Where_nothing_can_be_locked_the_process_that_created_the_run_logs_the_machine()
    {
        using HostTurn turn = new(Path.Combine(Path.GetTempPath(), "metrana-nowhere", "deep"));
        turn.Take("run", wasCreated: true).Should().BeTrue();
        turn.Take("run", wasCreated: false).Should().BeFalse();
        turn.Mode.Should().Be("creator");
    }

    [Fact]
    public void The_counters_of_this_system_are_read()
    {
        (long idle, long total) = HostReadings.Cpu()!.Value;
        idle.Should().BePositive();
        total.Should().BeGreaterThan(idle);
        (long all, long available) = HostReadings.Memory()!.Value;
        available.Should().BePositive();
        all.Should().BeGreaterThan(available);
        if (!OperatingSystem.IsLinux())
        {
            // In a container of Linux the collector has the container's memory, which is less.
            all.Should().BeCloseTo(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, (ulong)(all / 2));
        }
    }

    [Fact]
    [ParityRow("client/system-cpu", "cpu")]
    public void The_counters_of_linux_are_read()
    {
        LinuxReadings.Cpu("cpu  100 0 50 800 50 0 0 0 0 0\ncpu0 1 2 3\n").Should().Be((850L, 1000L));
        LinuxReadings.Memory("MemTotal:  1000 kB\nMemFree: 1 kB\nMemAvailable:   250 kB\n").Should().Be((1_024_000L, 256_000L));
        LinuxReadings.Cpu("").Should().BeNull();
        LinuxReadings.Memory("rubbish").Should().BeNull();
    }
}
