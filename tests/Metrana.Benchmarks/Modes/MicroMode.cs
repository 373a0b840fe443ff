using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using Benchmarks.Micro;

namespace Benchmarks.Modes;

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
        foreach (string failure in MicroChecks.Failures)
        {
            Console.Error.WriteLine(failure);
        }

        // Every benchmark has a logger, and each of them was found to have delivered everything.
        int benchmarks = summaries.Sum(summary => summary.Reports.Length);
        bool failed = MicroChecks.Failures.Count > 0 || MicroChecks.Passed < benchmarks
            || summaries.Any(summary => summary.HasCriticalValidationErrors || summary.Reports.Any(report => !report.Success));
        Console.WriteLine($"{benchmarks} benchmarks, {MicroChecks.Passed} loggers that delivered everything, {MicroChecks.Failures.Count} that did not.");
        return failed ? 1 : 0;
    }
}
