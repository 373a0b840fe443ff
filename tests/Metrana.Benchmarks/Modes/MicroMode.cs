using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using Metrana.Benchmarks.Micro;

namespace Metrana.Benchmarks.Modes;

/// <summary>The micro-benchmarks. What follows the name of the mode is for BenchmarkDotNet.</summary>
internal static class MicroMode
{
    public const string Name = "micro";

    public static int Run(string[] args)
    {
        List<Summary> summaries = [.. BenchmarkSwitcher
            .FromTypes([
                typeof(ValueBenchmarks), typeof(ShortColumnBenchmarks), typeof(LongColumnBenchmarks), typeof(RlRowBenchmarks),
                typeof(RlGridBenchmarks), typeof(OtherKindsBenchmarks),
            ])
            .Run(args, new MicroConfig())];
        // The end of each benchmark checks that everything arrived, and one that threw has not succeeded.
        bool failed = summaries.Any(summary => summary.HasCriticalValidationErrors || summary.Reports.Any(report => !report.Success));
        return failed ? 1 : 0;
    }
}
