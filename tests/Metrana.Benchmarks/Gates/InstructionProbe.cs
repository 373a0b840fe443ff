using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Benchmarks.Serving;
using Metrana.Server;

namespace Benchmarks.Gates;

/// <summary>
/// Counts what a call costs the thread that makes it, in instructions: a C program logs in each of its ways under callgrind,
/// twice with different numbers of calls, and what remains of the difference is a call. The server has to have all points.
/// </summary>
internal sealed partial class InstructionProbe(string program)
{
    /// <summary>How often each case is counted. When a chunk is full is a matter of the moment; the least count is taken.</summary>
    private const int Repetitions = 3;

    private static readonly (string Case, int Calls, int Threads)[] _cases =
    [
        ("empty", 1000, 1),
        ("copy-10000", 50, 1),
        ("scalar-handle", 20_000, 1),
        ("scalar-name", 20_000, 1),
        ("column-100", 10_000, 1),
        ("column-10000", 100, 1),
        ("rl-row-100", 10_000, 1),
    ];

    private int _runs;
    private long _points;

    /// <summary>Instructions of a call, by case; and how many scalars of eight threads cost, and wait.</summary>
    public async Task<(SortedDictionary<string, double> Counts, SortedDictionary<string, double> Contention)> MeasureAsync(bool shortForm)
    {
        await using LocalServer server = await LocalServer.StartAsync();
        SortedDictionary<string, double> counts = new(StringComparer.Ordinal);
        int repetitions = shortForm ? 2 : Repetitions;
        foreach ((string name, int calls, int threads) in _cases)
        {
            counts[name] = await LeastAsync(server, name, calls, threads, repetitions);
        }

        const int Threads = 8;
        double crowd = await LeastAsync(server, "scalar-handle", 4000, Threads, repetitions);
        SortedDictionary<string, double> contention = new(StringComparer.Ordinal)
        {
            ["contention-8-threads-instructions"] = crowd / counts["scalar-handle"],
            ["contention-8-threads-futex-per-1000"] = await FutexCallsAsync(server, 50_000, Threads),
        };
        ServerCounts held = await server.GetCountsAsync();
        return held.Points + held.RlPoints == _points
            ? (counts, contention)
            : throw new NotDeliveredException($"{_points} points were logged under callgrind, and the server holds {held.Points + held.RlPoints}.");
    }

    private async Task<double> LeastAsync(LocalServer server, string name, int calls, int threads, int repetitions)
    {
        double least = double.PositiveInfinity;
        for (int i = 0; i < repetitions; i++)
        {
            long few = await CountAsync(server, name, calls, threads);
            long many = await CountAsync(server, name, 2 * calls, threads);
            least = Math.Min(least, (many - few) / ((double)calls * threads));
        }

        return least;
    }

    private async Task<long> CountAsync(LocalServer server, string name, int calls, int threads)
    {
        string output = Path.GetTempFileName();
        try
        {
            await RunAsync(
                "valgrind", ["--tool=callgrind", "--toggle-collect=measured", $"--callgrind-out-file={output}"], server, name, calls, threads);
            string text = await File.ReadAllTextAsync(output);
            Match totals = Totals().Match(text);
            return totals.Success
                ? long.Parse(totals.Groups[1].ValueSpan, CultureInfo.InvariantCulture)
                : throw new IOException($"callgrind counted nothing for {name}.");
        }
        finally
        {
            File.Delete(output);
        }
    }

    /// <summary>Waits and wake-ups a thousand scalars: system calls are what queueing on one lock costs most.</summary>
    private async Task<double> FutexCallsAsync(LocalServer server, int calls, int threads)
    {
        string output = Path.GetTempFileName();
        try
        {
            await RunAsync("strace", ["-f", "-c", "-e", "trace=futex", "-o", output], server, "scalar-handle", calls, threads);
            string table = await File.ReadAllTextAsync(output);
            Match total = FutexLine().Match(table);
            double futexCalls = total.Success ? double.Parse(total.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : 0;
            return futexCalls * 1000 / ((double)calls * threads);
        }
        finally
        {
            File.Delete(output);
        }
    }

    private async Task RunAsync(string tool, string[] options, LocalServer server, string name, int calls, int threads)
    {
        string[] arguments =
        [
            .. options, program, server.Endpoint, $"count-{++_runs}", name,
            calls.ToString(CultureInfo.InvariantCulture), threads.ToString(CultureInfo.InvariantCulture),
        ];
        ProcessStartInfo start = new(tool, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        // "rep movsb" counts as one instruction or as many, and whether it is used depends on the machine.
        start.Environment["GLIBC_TUNABLES"] = "glibc.cpu.hwcaps=-ERMS,-FSRM";
        using Process process = Process.Start(start) ?? throw new IOException($"{tool} does not start.");
        Task<string> error = process.StandardError.ReadToEndAsync();
        string said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new NotDeliveredException($"{tool} with {name}: exit code {process.ExitCode}: {await error}");
        }

        _points += long.Parse(said.Trim().Split('\n')[^1], CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"^totals: (\d+)", RegexOptions.Multiline)]
    private static partial Regex Totals();

    [GeneratedRegex(@"^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s.*futex\s*$", RegexOptions.Multiline)]
    private static partial Regex FutexLine();
}
