using System.Diagnostics;
using Metrana.Machine;
using Metrana.Tests.Support;

namespace Metrana.Tests;

/// <summary>The graphics cards, as a library in the place of the driver's tells of them.</summary>
public sealed class GpuTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("metrana-nvml-");

    public void Dispose() => _folder.Delete(recursive: true);

    [CompilerFact]
    [ParityRow("client/system-gpu", "system/gpu/", "utilization", "memory_used_bytes", "memory_utilization", "temperature_celsius", "power_watts", "sm_clock_mhz")]
    [ParityRow("client/system-gpu-attributes", "system/gpu/host_device_count", "system/gpu/mig_partitioned_count")]
    public void Each_card_has_the_published_names()
    {
        string library = Compile("""
            typedef struct { unsigned gpu, memory; } rates;
            typedef struct { unsigned long long total, free, used; } memory;
            static int cards[2];
            int nvmlInit_v2(void) { return 0; }
            int nvmlShutdown(void) { return 0; }
            int nvmlDeviceGetCount_v2(unsigned *count) { *count = 2; return 0; }
            int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **card) { cards[index] = (int)index; *card = &cards[index]; return 0; }
            int nvmlDeviceGetUtilizationRates(void *card, rates *out) { out->gpu = 40 + *(int *)card; out->memory = 9; return 0; }
            int nvmlDeviceGetMemoryInfo(void *card, memory *out) { (void)card; out->total = 1000; out->free = 750; out->used = 250; return 0; }
            int nvmlDeviceGetTemperature(void *card, int sensor, unsigned *out) { *out = 60; return *(int *)card == 0 ? sensor : 3; }
            int nvmlDeviceGetPowerUsage(void *card, unsigned *out) { (void)card; *out = 123500; return 0; }
            int nvmlDeviceGetClockInfo(void *card, int type, unsigned *out) { (void)card; *out = 1000 + (unsigned)type; return 0; }
            int nvmlDeviceGetMigMode(void *card, unsigned *current, unsigned *pending) { *current = *(int *)card == 1; *pending = 0; return 0; }
            """);
        using Run run = Run.InMemory();
        ManualClock clock = new();
        using SystemSampler sampler = new(run, TimeSpan.FromSeconds(30), clock, findCards: () => Nvml.TryLoad(library));
        clock.Tick(TimeSpan.FromSeconds(30));
        clock.Tick(TimeSpan.FromSeconds(30));

        Values(run, "utilization", "0").Should().Equal(40, 40);
        Values(run, "utilization", "1").Should().Equal(41, 41);
        Values(run, "memory_used_bytes", "0").Should().Equal(250, 250);
        Values(run, "memory_utilization", "1").Should().Equal(25, 25);
        Values(run, "temperature_celsius", "0").Should().Equal(60, 60);
        Values(run, "temperature_celsius", "1").Should().BeEmpty("the second card does not tell");
        Values(run, "power_watts", "0").Should().Equal(123.5, 123.5);
        Values(run, "sm_clock_mhz", "1").Should().Equal(1001, 1001);
        run.Recording.Of("system/gpu/utilization").Should().OnlyContain(point => point.Labels["host"] == Environment.MachineName);
        run.Recording.Attributes["system/gpu/host_device_count"].Should().BeEquivalentTo(2);
        run.Recording.Attributes["system/gpu/mig_partitioned_count"].Should().BeEquivalentTo(1);
    }

    [CompilerTheory]
    [InlineData("int nvmlInit_v2(void) { return 9; } int nvmlDeviceGetCount_v2(unsigned *c) { *c = 1; return 0; } int nvmlDeviceGetHandleByIndex_v2(unsigned i, void **c) { (void)i; *c = c; return 0; }")]
    [InlineData("int nvmlInit(void) { return 0; }")]
    public void A_library_that_does_not_start_or_is_another_one_is_no_library(string source) =>
        Nvml.TryLoad(Compile(source)).Should().BeNull();

    [Fact]
    [ParityRow("client/system-gpu", "driver")]
    public void Without_a_driver_nothing_is_logged_and_nothing_fails()
    {
        Nvml.TryLoad(Path.Combine(_folder.FullName, "none.so")).Should().BeNull();
        using Run run = Run.InMemory();
        ManualClock clock = new();
        using SystemSampler sampler = new(run, TimeSpan.FromSeconds(30), clock, findCards: static () => null);
        clock.Tick(TimeSpan.FromSeconds(30));

        run.Recording.Points.Should().NotBeEmpty().And.NotContain(point => point.Metric.StartsWith("system/gpu/", StringComparison.Ordinal));
        run.Recording.Attributes.Keys.Should().NotContain(path => path.StartsWith("system/gpu/", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, 4)]
    [InlineData("", 0)]
    [InlineData("0,2", 2)]
    [InlineData("1,-1,2", 1)]
    [InlineData("0,9,1", 1)]
    [InlineData("GPU-1f2e, GPU-77", 2)]
    [ParityRow("client/system-gpu-attributes", "visible_count")]
    public void The_cards_that_a_process_may_use_are_counted(string? variable, int expected) =>
        GpuSampler.VisibleCount(variable, 4).Should().Be(expected);

    private static IEnumerable<double> Values(Run run, string what, string card) =>
        run.Recording.Of($"system/gpu/{what}").Where(point => point.Labels["gpu"] == card).Select(point => point.Value);

    /// <summary>A library of this source.</summary>
    private string Compile(string source)
    {
        string file = Path.Combine(_folder.FullName, "fake.c");
        string library = Path.Combine(_folder.FullName, "libnvidia-ml-fake.so");
        File.WriteAllText(file, source);
        using Process compiler = Process.Start(new ProcessStartInfo(Compiler.Name, ["-shared", "-fPIC", "-o", library, file]) { RedirectStandardError = true })!;
        string said = compiler.StandardError.ReadToEnd();
        compiler.WaitForExit();
        compiler.ExitCode.Should().Be(0, said);
        return library;
    }
}
