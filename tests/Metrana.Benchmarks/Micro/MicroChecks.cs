namespace Benchmarks.Micro;

/// <summary>
/// What came of checking the loggers of the benchmarks. It is kept here because BenchmarkDotNet counts a benchmark as good
/// whose cleanup throws.
/// </summary>
internal static class MicroChecks
{
    private static readonly List<string> _failures = [];

    /// <summary>Loggers whose points were all found.</summary>
    public static int Passed { get; private set; }

    /// <summary>What was wrong with the others.</summary>
    public static IReadOnlyList<string> Failures => _failures;

    /// <summary>Runs a check and keeps how it ended.</summary>
    public static void Run(Action check)
    {
        try
        {
            check();
            Passed++;
        }
        catch (Exception e)
        {
            _failures.Add($"{e.GetType().Name}: {e.Message}");
            throw;
        }
    }
}
