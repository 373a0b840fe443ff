using Metrana.Machine;
using Metrana.Tests.Support;

namespace Metrana.Tests;

/// <summary>A container's limits, read from files as Linux lays them out.</summary>
public sealed class ControlGroupTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("metrana-cgroup-");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void Version_2_is_read_and_the_tightest_limit_on_the_way_counts()
    {
        Put("proc/self/cgroup", "0::/pod/train\n");
        Put("sys/fs/cgroup/pod/memory.max", "1000\n");
        Put("sys/fs/cgroup/pod/memory.current", "700\n");
        Put("sys/fs/cgroup/pod/memory.stat", "anon 1\ninactive_file 100\n");
        Put("sys/fs/cgroup/pod/train/memory.max", "max\n");
        Put("sys/fs/cgroup/pod/train/memory.current", "1\n");
        Put("sys/fs/cgroup/pod/cpu.max", "400000 100000\n");
        Put("sys/fs/cgroup/pod/cpu.stat", "usage_usec 9000000\n");
        Put("sys/fs/cgroup/pod/train/cpu.max", "150000 100000\n");
        Put("sys/fs/cgroup/pod/train/cpu.stat", "usage_usec 2500000\nuser_usec 1\n");

        ControlGroup group = new(_root.FullName);
        group.Memory().Should().Be((1000L, 600L));
        group.Cpu().Should().Be((1.5, TimeSpan.FromSeconds(2.5)));
    }

    [Fact]
    public void Version_1_is_read()
    {
        Put("proc/self/cgroup", "9:name=systemd:/\n4:memory:/docker/1\n2:cpuacct:/docker/1\n1:cpu:/docker/1\n0::/\n");
        Put("sys/fs/cgroup/memory/docker/1/memory.limit_in_bytes", "1000\n");
        Put("sys/fs/cgroup/memory/docker/1/memory.usage_in_bytes", "700\n");
        Put("sys/fs/cgroup/memory/docker/1/memory.stat", "inactive_file 1\ntotal_inactive_file 200\n");
        Put("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
        Put("sys/fs/cgroup/memory/memory.usage_in_bytes", "5\n");
        Put("sys/fs/cgroup/cpu/docker/1/cpu.cfs_quota_us", "200000\n");
        Put("sys/fs/cgroup/cpu/docker/1/cpu.cfs_period_us", "100000\n");
        Put("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n");
        Put("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
        Put("sys/fs/cgroup/cpuacct/docker/1/cpuacct.usage", "3000000000\n");

        ControlGroup group = new(_root.FullName);
        group.Memory().Should().Be((1000L, 500L));
        group.Cpu().Should().Be((2.0, TimeSpan.FromSeconds(3)));
    }

    [Fact]
    public void The_folder_that_is_mounted_counts_where_the_path_is_the_hosts()
    {
        Put("proc/self/cgroup", "0::/kubepods/a/b\n");
        Put("sys/fs/cgroup/memory.max", "2000\n");
        Put("sys/fs/cgroup/memory.current", "50\n");

        new ControlGroup(_root.FullName).Memory().Should().Be((2000L, 50L));
    }

    [Theory]
    [InlineData("0::/a\n", "max\n", "max 100000\n")]
    [InlineData("rubbish\n", "10\n", "10 10\n")]
    [InlineData("", "10\n", "10 10\n")]
    [InlineData("0::/a\n", "rubbish\n", "rubbish\n")]
    [InlineData("0::/a\n", "0\n", "100 0\n")]
    public void No_limit_and_rubbish_are_nothing(string own, string memory, string cpu)
    {
        Put("proc/self/cgroup", own);
        Put("sys/fs/cgroup/a/memory.max", memory);
        Put("sys/fs/cgroup/a/memory.current", "1\n");
        Put("sys/fs/cgroup/a/cpu.max", cpu);
        Put("sys/fs/cgroup/a/cpu.stat", "usage_usec 1\n");

        ControlGroup group = new(_root.FullName);
        group.Memory().Should().BeNull();
        group.Cpu().Should().BeNull();
    }

    [Fact]
    public void A_machine_without_such_files_has_no_limits()
    {
        ControlGroup group = new(Path.Combine(_root.FullName, "nowhere"));
        group.Memory().Should().BeNull();
        group.Cpu().Should().BeNull();
    }

    [Fact]
    [ParityRow("client/system-cpu", "system/cpu/utilization", "limits")]
    public void Utilization_is_that_of_the_limits_where_there_are_some()
    {
        Put("proc/self/cgroup", "0::/\n");
        Put("sys/fs/cgroup/memory.max", "1000\n");
        Put("sys/fs/cgroup/memory.current", "250\n");
        Put("sys/fs/cgroup/cpu.max", "200000 100000\n");
        Put("sys/fs/cgroup/cpu.stat", "usage_usec 0\n");
        using Run run = Run.InMemory();
        ManualClock clock = new();
        using SystemSampler sampler = new(run, TimeSpan.FromSeconds(30), clock, new ControlGroup(_root.FullName));
        Put("sys/fs/cgroup/cpu.stat", "usage_usec 15000000\n");
        clock.Tick(TimeSpan.FromSeconds(30));

        Value("system/memory/limit_bytes").Should().Be(1000);
        Value("system/memory/used_bytes").Should().Be(250);
        Value("system/memory/utilization").Should().Be(25);
        Value("system/cpu/limit_cores").Should().Be(2);
        Value("system/cpu/utilization").Should().Be(25, "15 of 60 seconds");

        double Value(string metric) => run.Recording.Of(metric).Should().ContainSingle(metric).Which.Value;
    }

    private void Put(string path, string text)
    {
        string file = Path.Combine(_root.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
