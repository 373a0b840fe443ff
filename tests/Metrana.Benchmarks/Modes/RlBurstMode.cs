using System.CommandLine;
using System.Text.Json.Nodes;
using Benchmarks.Measuring;
using Benchmarks.Results;
using Benchmarks.Serving;
using Benchmarks.Workloads;
using Metrana.Native;

namespace Benchmarks.Modes;

/// <summary>What a burst of reinforcement learning costs, until its last point is acknowledged.</summary>
internal sealed record RlBurstMode
{
    public TargetOptions Target { get; init; } = new();

    public RlShape Shape { get; init; } = new();

    public int Bursts { get; init; } = 20;

    /// <summary>Unmeasured bursts before the measured ones.</summary>
    public int Warmup { get; init; } = 2;

    public double CycleSecs { get; init; }

    public static Command Command()
    {
        Command command = new("rl-burst", "Bursts of reinforcement-learning points, each measured until its last acknowledgement");
        TargetArguments target = new(command);
        RlShapeArguments shape = new(command);
        Option<int> bursts = Arguments.Count(command, "--bursts", "How many bursts are measured", 20);
        Option<int> warmup = Arguments.Count(command, "--warmup", "How many bursts before them are not", 2, least: 0);
        Option<double> cycle = Arguments.Seconds(command, "--cycle-secs", "From the beginning of a burst to that of the next; 0: at once", 0);
        Option<string?> json = Arguments.Json(command);
        command.SetAction((parsed, _) => Arguments.RunAsync(parsed.GetValue(json), () => new RlBurstMode
        {
            Target = target.Read(parsed),
            Shape = shape.Read(parsed),
            Bursts = parsed.GetValue(bursts),
            Warmup = parsed.GetValue(warmup),
            CycleSecs = parsed.GetValue(cycle),
        }.RunAsync()));
        return command;
    }

    public async Task<JsonObject> RunAsync()
    {
        await using Target target = await Serving.Target.OpenAsync(Target);
        Machine machine = Machine.This;
        await using Logger logger = target.OpenLogger();
        using RlBurst workload = new([logger], Shape);
        BurstMeter meter = new(workload);
        meter.WarmUp(Warmup);
        double? serverCpu = target.ServerCpuSeconds;
        List<BurstSample> samples = meter.Measure(Bursts, CycleSecs);
        serverCpu = target.ServerCpuSeconds - serverCpu;
        Metrics counters = await target.CloseAndVerifyAsync(logger, workload.PerLogger * meter.Bursts);
        return ResultJson.Of(
            new JsonObject { ["mode"] = "rl-burst", ["verified"] = target.Verified },
            new { Machine = machine, Settings = new RlBurstSettings(this) },
            new { PointsPerBurst = Shape.Total },
            BurstFigures.Of(samples),
            new { ServerCpuNsPerPoint = serverCpu * 1e9 / samples.Sum(s => s.Points), Counters = counters });
    }
}

/// <summary>The settings of a measurement, as the result tells them.</summary>
internal sealed record RlBurstSettings(
    int Envs, int Metrics, int Points, int Bursts, int Warmup, double CycleSecs, string Shape, string Dtype, bool Handles, long QueueBytes)
{
    public RlBurstSettings(RlBurstMode mode)
        : this(
            mode.Shape.Envs,
            mode.Shape.Metrics,
            mode.Shape.Points,
            mode.Bursts,
            mode.Warmup,
            mode.CycleSecs,
            mode.Shape.Vector ? RlShapeArguments.Vector : RlShapeArguments.PerEnv,
            mode.Shape.Single ? RlShapeArguments.Single : RlShapeArguments.Double,
            mode.Shape.Handles,
            mode.Target.QueueBytes)
    {
    }
}
