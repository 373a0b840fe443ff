using System.CommandLine;
using System.Text.Json.Nodes;
using Benchmarks.Measuring;
using Benchmarks.Results;
using Benchmarks.Serving;
using Benchmarks.Workloads;
using Metrana.Native;

namespace Benchmarks.Modes;

/// <summary>What single values cost, each with a call of its own.</summary>
internal sealed record ScalarLoopMode
{
    public TargetOptions Target { get; init; } = new();

    public ScalarShape Shape { get; init; } = new();

    public int Rounds { get; init; } = 20;

    /// <summary>Unmeasured rounds before the measured ones.</summary>
    public int Warmup { get; init; } = 3;

    public static Command Command()
    {
        Command command = new("scalar-loop", "Loops that log some single values in each step, from one or several threads");
        ScalarShape defaults = new();
        TargetArguments target = new(command);
        Option<int> metrics = Arguments.Count(command, "--metrics", "Values that each thread logs in a step", defaults.Metrics);
        Option<int> steps = Arguments.Count(command, "--steps", "Steps of a round", defaults.Steps);
        Option<int> threads = Arguments.Count(command, "--threads", "Threads, each with series of its own", defaults.Threads, most: 64);
        Option<int> labels = Arguments.Count(command, "--labels", "Labels of each series", defaults.Labels, least: 0, most: 8);
        NamesOrHandles byName = new(command);
        Option<int> rounds = Arguments.Count(command, "--rounds", "How many rounds are measured", 20);
        Option<int> warmup = Arguments.Count(command, "--warmup", "How many rounds before them are not", 3, least: 0);
        Option<string?> json = Arguments.Json(command);
        command.SetAction((parsed, _) => Arguments.RunAsync(parsed.GetValue(json), () => new ScalarLoopMode
        {
            Target = target.Read(parsed),
            Shape = new ScalarShape
            {
                Metrics = parsed.GetValue(metrics),
                Steps = parsed.GetValue(steps),
                Threads = parsed.GetValue(threads),
                Labels = parsed.GetValue(labels),
                Handles = byName.Handles(parsed),
            },
            Rounds = parsed.GetValue(rounds),
            Warmup = parsed.GetValue(warmup),
        }.RunAsync()));
        return command;
    }

    public async Task<JsonObject> RunAsync()
    {
        await using Target target = await Serving.Target.OpenAsync(Target);
        Machine machine = Machine.This;
        await using Logger logger = target.OpenLogger();
        using ScalarLoop workload = new(logger, Shape);
        BurstMeter meter = new(workload);
        meter.WarmUp(Warmup);
        double? serverCpu = target.ServerCpuSeconds;
        List<BurstSample> samples = meter.Measure(Rounds);
        serverCpu = target.ServerCpuSeconds - serverCpu;
        Metrics counters = await target.CloseAndVerifyAsync(logger, workload.PerLogger * meter.Bursts);
        return ResultJson.Of(
            new JsonObject { ["mode"] = "scalar-loop", ["verified"] = target.Verified },
            new
            {
                Machine = machine,
                Settings = new { Shape.Metrics, Shape.Steps, Shape.Threads, Shape.Labels, Shape.Handles, Rounds, Warmup, Target.QueueBytes },
                PointsPerBurst = Shape.Total,
                CallNs = MinMedianMax.Of(samples.Select(s => s.Caller.CpuSeconds * 1e9 / s.Points)),
                CallWallNs = MinMedianMax.Of(samples.Select(s => s.EnqueueSeconds * 1e9 * Shape.Threads / s.Points)),
            },
            BurstFigures.Of(samples),
            new { ServerCpuNsPerPoint = serverCpu * 1e9 / samples.Sum(s => s.Points), Counters = counters });
    }
}
