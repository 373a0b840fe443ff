using System.CommandLine;
using System.Text.Json.Nodes;
using Benchmarks.Measuring;
using Benchmarks.Results;
using Benchmarks.Serving;
using Benchmarks.Workloads;
using Metrana.Native;

namespace Benchmarks.Modes;

/// <summary>What columns of ordinary series cost, one call each.</summary>
internal sealed record ColumnsMode
{
    public TargetOptions Target { get; init; } = new();

    public SeriesShape Shape { get; init; } = new() { Series = 200, Points = 10_000, Handles = true };

    public int Bursts { get; init; } = 40;

    public static Command Command()
    {
        Command command = new("columns", "Columns of ordinary series, one call each");
        TargetArguments target = new(command);
        Option<int> series = Arguments.Count(command, "--series", "Series, each with one column in a burst", 200);
        Option<int> points = Arguments.Count(command, "--points", "Points of a column", 10_000);
        NamesOrHandles byName = new(command);
        Option<int> bursts = Arguments.Count(command, "--bursts", "How many bursts are measured", 40);
        Option<string?> json = Arguments.Json(command);
        command.SetAction((parsed, _) => Arguments.RunAsync(parsed.GetValue(json), () => new ColumnsMode
        {
            Target = target.Read(parsed),
            Shape = new SeriesShape { Series = parsed.GetValue(series), Points = parsed.GetValue(points), Handles = byName.Handles(parsed) },
            Bursts = parsed.GetValue(bursts),
        }.RunAsync()));
        return command;
    }

    public async Task<JsonObject> RunAsync()
    {
        await using Target target = await Serving.Target.OpenAsync(Target);
        Machine machine = Machine.This;
        await using Logger logger = target.OpenLogger();
        using SeriesSweep workload = new([logger], Shape);
        BurstMeter meter = new(workload);
        meter.WarmUp(3);
        double? serverCpu = target.ServerCpuSeconds;
        List<BurstSample> samples = meter.Measure(Bursts);
        serverCpu = target.ServerCpuSeconds - serverCpu;
        Metrics counters = await target.CloseAndVerifyAsync(logger, workload.PerLogger * meter.Bursts);
        return ResultJson.Of(
            new JsonObject { ["mode"] = "columns", ["verified"] = target.Verified },
            new { Machine = machine, Settings = new { Shape.Series, Shape.Points, Shape.Handles, Bursts, Target.QueueBytes } },
            new { PointsPerBurst = Shape.Total, CallNs = MinMedianMax.Of(samples.Select(s => s.Caller.CpuSeconds * 1e9 / Shape.Series)) },
            BurstFigures.Of(samples),
            new { ServerCpuNsPerPoint = serverCpu * 1e9 / samples.Sum(s => s.Points), Counters = counters });
    }
}
