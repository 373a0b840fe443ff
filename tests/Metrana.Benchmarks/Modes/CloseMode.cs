using System.CommandLine;
using System.Text.Json.Nodes;
using Benchmarks.Measuring;
using Benchmarks.Results;
using Benchmarks.Serving;
using Benchmarks.Workloads;
using Metrana.Native;

namespace Benchmarks.Modes;

/// <summary>How long closing a logger takes, by what there is still to deliver.</summary>
internal sealed record CloseMode
{
    public TargetOptions Target { get; init; } = new();

    public int Closes { get; init; } = 20;

    public RlShape Burst { get; init; } = new() { Handles = true };

    public static Command Command()
    {
        Command command = new("close", "How long closing a logger takes: with nothing, a point or a burst still to deliver");
        TargetArguments target = new(command);
        Option<int> closes = Arguments.Count(command, "--closes", "How many loggers are closed in each case", 20);
        Option<string?> json = Arguments.Json(command);
        command.SetAction((parsed, _) => Arguments.RunAsync(
            parsed.GetValue(json), () => new CloseMode { Target = target.Read(parsed), Closes = parsed.GetValue(closes) }.RunAsync()));
        return command;
    }

    public async Task<JsonObject> RunAsync()
    {
        Machine machine = Machine.This;
        await using Target target = await Serving.Target.OpenAsync(Target);
        List<double> unused = [], delivered = [], point = [], burst = [];
        for (int i = -1; i < Closes; i++) // The first of each compiles the code.
        {
            Keep(unused, i, await CloseAsync(target, _ => default));
            Keep(delivered, i, await CloseAsync(target, logger =>
            {
                logger.LogStdFloats("loss", Scale.MlStep, 1.0);
                logger.Flush();
                return new Delivered(Points: 1);
            }));
            Keep(point, i, await CloseAsync(target, logger =>
            {
                logger.LogStdFloats("loss", Scale.MlStep, 1.0);
                return new Delivered(Points: 1);
            }));
            Keep(burst, i, await CloseAsync(target, logger =>
            {
                using RlBurst workload = new([logger], Burst);
                workload.Enqueue();
                return workload.PerLogger;
            }));
        }

        return ResultJson.Of(
            new JsonObject { ["mode"] = "close", ["verified"] = target.Verified },
            new
            {
                Machine = machine,
                Settings = new { Closes, BurstPoints = Burst.Total },
                UnusedS = MinMedianMax.Of(unused),
                AllDeliveredS = MinMedianMax.Of(delivered),
                OnePointLeftS = MinMedianMax.Of(point),
                BurstLeftS = MinMedianMax.Of(burst),
            });
    }

    private static void Keep(List<double> closes, int round, double seconds)
    {
        if (round >= 0)
        {
            closes.Add(seconds);
        }
    }

    private static async Task<double> CloseAsync(Target target, Func<Logger, Delivered> log)
    {
        await using Logger logger = target.OpenLogger();
        Delivered expected = log(logger);
        double begun = Clocks.Wall;
        logger.Close();
        double seconds = Clocks.Wall - begun;
        await target.VerifyAsync(logger, logger.GetMetrics(), expected);
        return seconds;
    }
}
