using System.CommandLine;
using System.Text.Json.Nodes;
using Benchmarks.Measuring;
using Benchmarks.Results;
using Benchmarks.Serving;
using Benchmarks.Workloads;
using Metrana.Native;

namespace Benchmarks.Modes;

/// <summary>What of the process lies in memory: while all goes well, and while the server acknowledges nothing.</summary>
internal sealed record MemoryMode
{
    private const double MiB = 1 << 20;

    public TargetOptions Target { get; init; } = new();

    public RlShape Shape { get; init; } = new() { Handles = true };

    public int Bursts { get; init; } = 20;

    /// <summary>How long nothing is acknowledged. Needs the local server.</summary>
    public double OutageSecs { get; init; } = 20;

    public static Command Command()
    {
        Command command = new("memory", "Resident memory above that of the program: in bursts, and (with the local server) in an outage");
        TargetArguments target = new(command);
        RlShapeArguments shape = new(command);
        Option<int> bursts = Arguments.Count(command, "--bursts", "Bursts while all goes well", 20);
        Option<double> outage = Arguments.Seconds(command, "--outage-secs", "How long nothing is acknowledged afterwards", 20);
        Option<string?> json = Arguments.Json(command);
        command.SetAction((parsed, _) => Arguments.RunAsync(parsed.GetValue(json), () => new MemoryMode
        {
            Target = target.Read(parsed),
            Shape = shape.Read(parsed),
            Bursts = parsed.GetValue(bursts),
            OutageSecs = parsed.GetValue(outage),
        }.RunAsync()));
        return command;
    }

    public async Task<JsonObject> RunAsync()
    {
        Machine machine = Machine.This;
        await using Target target = await Serving.Target.OpenAsync(Target, allowFaults: Target.Endpoint is null);
        await TouchAsync(target);
        LoggerConfig config = target.NextConfig();
        config.Backpressure = Backpressure.Raise;
        config.EnqueueTimeout = TimeSpan.Zero;
        await using Logger logger = new(config);
        using RlBurst workload = new([logger], Shape);
        GC.Collect();
        double baseline = ResidentMemory.NowMiB;

        BurstMeter meter = new(workload);
        List<BurstSample> samples = meter.Measure(Bursts);
        JsonObject result = ResultJson.Of(
            new JsonObject { ["mode"] = "memory", ["verified"] = target.Verified },
            new
            {
                Machine = machine,
                Settings = new { Shape, Bursts, OutageSecs, Target.QueueBytes },
                BaselineRssMib = Digits.Significant(baseline),
                PeakAboveBaselineMib = MinMedianMax.Of(samples.Select(s => s.PeakRssMiB - baseline)),
                SteadyAboveBaselineMib = MinMedianMax.Of(samples.Select(s => s.SteadyRssMiB - baseline)),
            });

        Delivered expected = workload.PerLogger * meter.Bursts;
        if (target.Server is { } server && OutageSecs > 0)
        {
            await server.Faults.StallAsync();
            Outage outage = new(logger);
            OutageFigures figures = outage.Run(OutageSecs, baseline, config.QueueBytes / MiB);
            await server.Faults.ClearAsync();
            expected += new Delivered(Points: outage.Accepted);
            logger.Flush();
            result.Add("outage", ResultJson.Node(figures));
            result.Add("after_outage_above_baseline_mib", Digits.Significant(ResidentMemory.NowMiB - baseline));
        }

        await logger.CloseAsync();
        Metrics counters = logger.GetMetrics();
        await target.VerifyAcceptedAsync(logger, counters, expected);
        result.Add("counters", ResultJson.Node(counters));
        return result;
    }

    /// <summary>Everything that is loaded and compiled once is so before the baseline: a small run from open to close.</summary>
    private async Task TouchAsync(Target target)
    {
        await using Logger logger = target.OpenLogger();
        using RlBurst workload = new([logger], Shape with { Envs = 2, Metrics = 2 });
        BurstMeter meter = new(workload);
        meter.WarmUp(20);
        await target.CloseAndVerifyAsync(logger, workload.PerLogger * meter.Bursts);
    }
}
