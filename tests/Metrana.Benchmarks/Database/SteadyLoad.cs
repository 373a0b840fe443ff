using System.Text.Json.Nodes;
using Benchmarks.Measuring;
using Benchmarks.Results;
using Benchmarks.Serving;
using Benchmarks.Workloads;
using Metrana.Native;

namespace Benchmarks.Database;

/// <summary>
/// Points at a steady rate that are sealed as they come: what the server pays for each, how long an acknowledgement takes, how far
/// its log grows, and whether its memory does.
/// </summary>
internal sealed record SteadyLoad : IDatabasePart
{
    /// <summary>Points of a metric in a call, of all environments: one message, which is below the limit of 1 MiB.</summary>
    public RlShape Shape { get; init; } = new();

    /// <summary>Millions of points a second.</summary>
    public double Rate { get; init; } = 5;

    public double Seconds { get; init; } = 600;

    /// <summary>Calls at the beginning whose acknowledgements do not count: the client is compiled in them.</summary>
    public int Warmup { get; init; } = 50;

    private long Calls => Math.Max(Warmup + 1L, (long)(Rate * 1e6 * Seconds / Shape.PerMetric));

    public async Task<JsonObject> MeasureAsync(string folder)
    {
        await using DiskServer server = await DiskServer.StartAsync(folder);
        LoggerConfig config = server.Target.NextConfig();
        config.MsgLinger = TimeSpan.Zero; // It is the server's delay that is measured.
        await using Logger logger = new(config);
        SteadyCalls calls = new(logger, Shape, SteadyCalls.FloatBorn);
        double cpu = server.CpuSeconds;
        Load load = Run(server, logger, calls);
        server.Rest();
        cpu = server.CpuSeconds - cpu;
        double resting = server.ResidentMiB;

        long points = Calls * Shape.PerMetric;
        await server.Target.CloseAndVerifyAsync(logger, new Delivered(RlPoints: points));
        await Readback.VerifyAsync(server.Local, logger.RunIdHex, calls.Totals(Calls));
        double[] acks = [.. load.AckSeconds.Skip(Warmup).Order()];
        return ResultJson.Of(
            new
            {
                Settings = new { Rate, Seconds, Shape.Envs, Shape.Metrics, PointsPerCall = Shape.PerMetric, Warmup, server.FileSystem },
                Points = points,
                PointsPerS = Digits.Significant(points / load.Seconds),
                ServerCpuNsPerPoint = Digits.Significant(cpu * 1e9 / points),
                AckS = MinMedianMax.Of(acks),
                AckP99S = Digits.Significant(acks[(int)(acks.Length * 0.99)]),
                LatestCallS = Digits.Significant(load.LatestCallSeconds),
                MostWalBytes = load.MostWalBytes,
                RssMib = load.Resident,
                RestingRssMib = Digits.Significant(resting),
                FileBytesPerPoint = Digits.Significant((double)server.FileBytes / points),
            });
    }

    private Load Run(DiskServer server, Logger logger, SteadyCalls calls)
    {
        long mostWal = 0;
        double atStart = server.ResidentMiB, atTenth = 0, atHalf = 0, latest = 0;
        using AckLatency latency = new(logger, () => mostWal = Math.Max(mostWal, server.WalBytes));
        double begun = Clocks.Wall;
        for (long call = 0; call < Calls; call++)
        {
            double due = begun + (call * Shape.PerMetric / (Rate * 1e6));
            Clocks.Pause(due - Clocks.Wall);
            latest = Math.Max(latest, Clocks.Wall - due);
            latency.Begin((call + 1) * Shape.PerMetric);
            calls.Call(call);
            if (call == Calls / 10)
            {
                atTenth = server.ResidentMiB;
            }
            else if (call == Calls / 2)
            {
                atHalf = server.ResidentMiB;
            }
        }

        IReadOnlyList<double> acks = latency.End();
        double seconds = Clocks.Wall - begun;
        MemoryOverTime resident = new(
            Digits.Significant(atStart), Digits.Significant(atTenth), Digits.Significant(atHalf), Digits.Significant(server.ResidentMiB));
        return new Load(seconds, acks, latest, mostWal, resident);
    }

    /// <param name="Seconds">To the last acknowledgement.</param>
    /// <param name="AckSeconds">Of each call.</param>
    /// <param name="LatestCallSeconds">How late a call was at most, because the machine or the queue had no room for it.</param>
    /// <param name="MostWalBytes">The greatest length of the write-ahead log.</param>
    /// <param name="Resident">The server's memory.</param>
    private sealed record Load(
        double Seconds, IReadOnlyList<double> AckSeconds, double LatestCallSeconds, long MostWalBytes, MemoryOverTime Resident);

    /// <summary>Before the first call, and after so much of the time.</summary>
    private sealed record MemoryOverTime(double Start, double Tenth, double Half, double End);
}
