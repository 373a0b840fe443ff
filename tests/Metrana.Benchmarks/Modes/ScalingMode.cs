using System.CommandLine;
using System.Text.Json.Nodes;
using Benchmarks.Measuring;
using Benchmarks.Results;
using Benchmarks.Serving;
using Benchmarks.Workloads;
using Metrana.Native;

namespace Benchmarks.Modes;

/// <summary>Whether a point costs the same when there are many of them, of many series, in many loggers.</summary>
internal sealed record ScalingMode
{
    private const int Envs = 1024;
    private const int Metrics = 16;

    /// <summary>Points of a burst in the cases that vary something else.</summary>
    private const int Burst = 1_638_400;

    public TargetOptions Target { get; init; } = new();

    public int Bursts { get; init; } = 10;

    public int Warmup { get; init; } = 2;

    /// <summary>Only the axes named; all where none is.</summary>
    public IReadOnlyList<string> Axes { get; init; } = [];

    public static Command Command()
    {
        Command command = new("scaling", "The cost of a point from 16 k to 6.4 M points a burst, 16 to 65,536 series, 1 to 64 loggers");
        TargetArguments target = new(command);
        Option<int> bursts = Arguments.Count(command, "--bursts", "How many bursts of each case are measured", 10);
        Option<int> warmup = Arguments.Count(command, "--warmup", "How many bursts before them are not", 2, least: 0);
        Option<string[]> axes = new("--axis") { Description = "Only this axis: load, series, single, loggers", AllowMultipleArgumentsPerToken = true };
        command.Options.Add(axes.AcceptOnlyFromAmong("load", "series", "single", "loggers"));
        Option<string?> json = Arguments.Json(command);
        command.SetAction((parsed, _) => Arguments.RunAsync(parsed.GetValue(json), () => new ScalingMode
        {
            Target = target.Read(parsed),
            Bursts = parsed.GetValue(bursts),
            Warmup = parsed.GetValue(warmup),
            Axes = parsed.GetValue(axes) ?? [],
        }.RunAsync()));
        return command;
    }

    public async Task<JsonObject> RunAsync()
    {
        Machine machine = Machine.This;
        JsonArray cases = [];
        string verified = "";
        foreach (ScalingCase one in Cases().Where(one => Axes.Count == 0 || Axes.Contains(one.Axis)))
        {
            (JsonObject result, verified) = await RunAsync(one);
            cases.Add(result);
        }

        return ResultJson.Of(
            new JsonObject { ["mode"] = "scaling", ["verified"] = verified },
            new { Machine = machine, Settings = new { Bursts, Warmup, Target.QueueBytes } },
            new JsonObject { ["cases"] = cases });
    }

    private static IEnumerable<ScalingCase> Cases()
    {
        // The rows stay as long as they are, for their length decides what a point costs; there are more of them.
        foreach (int envs in (int[])[10, 100, 1000, 4000])
        {
            RlShape shape = new() { Envs = envs, Metrics = Metrics, Handles = true };
            yield return new ScalingCase("load", shape.Total, envs * Metrics, 1, loggers => new RlBurst(loggers, shape));
        }

        foreach (int series in (int[])[16, 256, 4096, 65_536])
        {
            SeriesShape shape = new() { Series = series, Points = Burst / series, Handles = true };
            yield return new ScalingCase("series", shape.Total, series, 1, loggers => new SeriesSweep(loggers, shape));
        }

        foreach (int series in (int[])[16, 256, 4096, 65_536])
        {
            foreach (bool handles in (bool[])[true, false])
            {
                SeriesShape shape = new() { Series = series, Points = 1, Handles = handles };
                yield return new ScalingCase("single", shape.Total, series, 1, loggers => new SeriesSweep(loggers, shape))
                {
                    Handles = handles,
                };
            }
        }

        foreach (int loggers in (int[])[1, 4, 16, 64])
        {
            RlShape shape = new() { Envs = Envs / loggers, Metrics = Metrics, Handles = true };
            yield return new ScalingCase("loggers", shape.Total * loggers, shape.Envs * Metrics, loggers, some => new RlBurst(some, shape));
        }
    }

    private async Task<(JsonObject Result, string Verified)> RunAsync(ScalingCase one)
    {
        await using Target target = await Serving.Target.OpenAsync(Target with { Run = $"{Target.Run}-{one.Axis}-{one.Points}-{one.Series}-{one.Loggers}-{one.Handles}" });
        List<Logger> loggers = [];
        try
        {
            for (int i = 0; i < one.Loggers; i++)
            {
                loggers.Add(target.OpenLogger());
            }

            using IWorkload workload = one.Workload(loggers);
            BurstMeter meter = new(workload);
            meter.WarmUp(Warmup);
            List<BurstSample> samples = meter.Measure(Bursts);
            foreach (Logger logger in loggers)
            {
                await target.CloseAndVerifyAsync(logger, workload.PerLogger * meter.Bursts);
            }

            return (ResultJson.Of(new { one.Axis, one.Points, one.Series, one.Loggers, one.Handles }, BurstFigures.Of(samples)), target.Verified);
        }
        finally
        {
            loggers.ForEach(logger => logger.Dispose());
        }
    }
}

/// <summary>One place on one of the axes.</summary>
/// <param name="Axis">What grows: <c>load</c>, <c>series</c> with columns, <c>single</c> points, or <c>loggers</c>.</param>
/// <param name="Points">Of a burst, over all loggers.</param>
/// <param name="Series">Of one logger; those of reinforcement learning count once for each environment.</param>
/// <param name="Loggers">How many share the burst.</param>
/// <param name="Workload">Makes it.</param>
internal sealed record ScalingCase(string Axis, long Points, int Series, int Loggers, Func<IReadOnlyList<Logger>, IWorkload> Workload)
{
    public bool Handles { get; init; } = true;
}
