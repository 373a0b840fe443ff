using System.Text.Json.Nodes;
using Benchmarks.Measuring;
using Benchmarks.Results;
using Benchmarks.Serving;
using Benchmarks.Workloads;
using Metrana.Native;
using Metrana.Server;

namespace Benchmarks.Database;

/// <summary>How long a server takes from its start on a directory with much in it until it has answered a first question.</summary>
internal sealed record Starting : IDatabasePart
{
    /// <summary>How large the database is.</summary>
    public double Gib { get; init; } = 10;

    /// <summary>A call of the runs that fill it. Random doubles: they need the fewest points.</summary>
    public RlShape Shape { get; init; } = new();

    /// <summary>Calls of a run.</summary>
    public int CallsPerRun { get; init; } = 256;

    /// <summary>Millions of points a second while it is filled: no more than are sealed meanwhile.</summary>
    public double Rate { get; init; } = 5;

    public int Starts { get; init; } = 10;

    public async Task<JsonObject> MeasureAsync(string folder)
    {
        await using DiskServer server = await DiskServer.StartAsync(folder);
        List<(string Run, Dictionary<string, Total> Totals)> runs = [];
        while (server.FileBytes < Gib * (1L << 30))
        {
            runs.Add(await FillAsync(server));
        }

        server.Rest();
        List<double> seconds = [];
        for (int start = 0; start < Starts; start++)
        {
            await server.StopAsync();
            double begun = Clocks.Wall;
            await server.StartAsync();
            StoredRuns first = await server.Local.ListRunsAsync(new RunFilter { Limit = 100 });
            seconds.Add(Clocks.Wall - begun);
            if (first.Total != runs.Count)
            {
                throw new NotDeliveredException($"The server started with {first.Total} runs; {runs.Count} were logged.");
            }
        }

        foreach ((string run, Dictionary<string, Total> totals) in runs)
        {
            await Readback.VerifyAsync(server.Local, run, totals);
        }

        return ResultJson.Of(new
        {
            Settings = new { Gib, Shape.Envs, Shape.Metrics, PointsPerCall = Shape.PerMetric, CallsPerRun, Rate, Starts, server.FileSystem },
            Runs = runs.Count,
            Points = (long)runs.Count * CallsPerRun * Shape.PerMetric,
            FileGib = Digits.Significant(server.FileBytes / (double)(1L << 30)),
            FirstAnswerS = MinMedianMax.Of(seconds),
        });
    }

    private async Task<(string Run, Dictionary<string, Total> Totals)> FillAsync(DiskServer server)
    {
        await using Logger logger = server.Target.OpenLogger();
        SteadyCalls calls = new(logger, Shape, Columns.Doubles);
        double begun = Clocks.Wall;
        for (int call = 0; call < CallsPerRun; call++)
        {
            Clocks.Pause(begun + (call * Shape.PerMetric / (Rate * 1e6)) - Clocks.Wall);
            calls.Call(call);
        }

        await server.Target.CloseAndVerifyAsync(logger, new Delivered(RlPoints: (long)CallsPerRun * Shape.PerMetric));
        return (logger.RunIdHex, calls.Totals(CallsPerRun));
    }
}
