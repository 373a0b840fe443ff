using System.Text.Json.Nodes;
using Benchmarks.Measuring;
using Benchmarks.Results;
using Benchmarks.Serving;
using Benchmarks.Workloads;
using Metrana.Native;

namespace Benchmarks.Database;

/// <summary>How many points a second are acknowledged when an acknowledgement waits for the disk: bursts, client included.</summary>
internal sealed record CommittedBursts : IDatabasePart
{
    public RlShape Shape { get; init; } = new() { Handles = true };

    public int Bursts { get; init; } = 20;

    public int Warmup { get; init; } = 2;

    public async Task<JsonObject> MeasureAsync(string folder)
    {
        await using DiskServer server = await DiskServer.StartAsync(folder);
        await using Logger logger = server.Target.OpenLogger();
        using RlBurst workload = new([logger], Shape);
        BurstMeter meter = new(workload);
        meter.WarmUp(Warmup);
        List<BurstSample> samples = meter.Measure(Bursts);
        await server.Target.CloseAndVerifyAsync(logger, workload.PerLogger * meter.Bursts);
        await Readback.VerifyAsync(
            server.Local, logger.RunIdHex, workload.Totals().ToDictionary(one => one.Key, one => one.Value * meter.Bursts));
        return ResultJson.Of(
            new { Settings = new { Shape.Envs, Shape.Metrics, Shape.Points, Bursts, Warmup, server.FileSystem }, PointsPerBurst = Shape.Total },
            BurstFigures.Of(samples));
    }
}
