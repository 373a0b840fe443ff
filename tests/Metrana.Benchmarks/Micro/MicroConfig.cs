using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters.Json;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Order;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Benchmarks.Micro;

/// <summary>
/// How the micro-benchmarks run. In this process, because a project that is generated elsewhere would be built by none of
/// this repository's rules. With few calls an iteration, because an iteration has to fit into the queue: it is drained between
/// them, and a queue that is full would measure the server.
/// </summary>
internal sealed class MicroConfig : ManualConfig
{
    public MicroConfig()
    {
        AddLogger(ConsoleLogger.Default);
        AddColumnProvider(DefaultColumnProviders.Instance);
        AddDiagnoser(MemoryDiagnoser.Default);
        AddExporter(JsonExporter.FullCompressed);
        AddColumn(StatisticColumn.Min);
        WithOrderer(new DefaultOrderer(SummaryOrderPolicy.Declared));
        WithOptions(ConfigOptions.DisableOptimizationsValidator);
        AddJob(Job.Default
            .WithToolchain(InProcessEmitToolchain.Instance)
            .WithUnrollFactor(Calls.Unrolled)
            .WithWarmupCount(6)
            .WithIterationCount(15));
    }
}
