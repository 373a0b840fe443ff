using System.Globalization;
using System.Text.Json.Nodes;
using Benchmarks.Measuring;
using Benchmarks.Results;
using Benchmarks.Serving;
using Benchmarks.Workloads;
using Metrana.Native;
using Metrana.Server;

namespace Benchmarks.Database;

/// <summary>How long answers about many sealed points take over HTTP, in columns.</summary>
internal sealed record Reading : IDatabasePart
{
    private const int CallPoints = 100_000;

    /// <summary>Of one series, for curves and raw points.</summary>
    public int Points { get; init; } = 10_000_000;

    public int Buckets { get; init; } = 1000;

    /// <summary>Raw points of an answer.</summary>
    public int RawPoints { get; init; } = 1_000_000;

    /// <summary>Of the heat map: its environments, and the points of each at a step of the training.</summary>
    public RlShape Map { get; init; } = new() { Metrics = 1, Points = 10 };

    /// <summary>Its steps of the training.</summary>
    public int RlSteps { get; init; } = 1000;

    public int Rounds { get; init; } = 20;

    public async Task<JsonObject> MeasureAsync(string folder)
    {
        await using DiskServer server = await DiskServer.StartAsync(folder);
        double[] values = SteadyCalls.FloatBorn(Points, 1);
        string curve = await LogCurveAsync(server, values);
        (string map, double[] cells) = await LogMapAsync(server);
        server.Rest();
        using ServerQuestions questions = new(server.Local);
        return ResultJson.Of(new
        {
            Settings = new { Points, Buckets, RawPoints, Map.Envs, MapPointsPerCell = Map.Points, RlSteps, Rounds, server.FileSystem },
            Buckets = await AskBucketsAsync(server, questions, curve, values),
            Raw = await AskRawAsync(server, questions, curve, values),
            HeatMap = await AskMapAsync(server, questions, map, cells),
        });
    }

    private static async Task<string> LogCurveAsync(DiskServer server, double[] values)
    {
        await using Logger logger = server.Target.OpenLogger();
        Series series = logger.Series("curve", Scale.MlStep);
        for (int at = 0; at < values.Length; at += CallPoints)
        {
            series.Log(values.AsSpan(at, Math.Min(CallPoints, values.Length - at)));
        }

        await server.Target.CloseAndVerifyAsync(logger, new Delivered(Points: values.Length));
        return logger.RunIdHex;
    }

    /// <returns>The run, and the mean of each cell, row by row.</returns>
    private async Task<(string Run, double[] Cells)> LogMapAsync(DiskServer server)
    {
        await using Logger logger = server.Target.OpenLogger();
        SteadyCalls calls = new(logger, Map, SteadyCalls.FloatBorn);
        double[] cells = new double[Map.Envs * RlSteps];
        for (int step = 0; step < RlSteps; step++)
        {
            calls.Call(step);
            for (int environment = 0; environment < Map.Envs; environment++)
            {
                ReadOnlySpan<double> points = calls.Column(step).AsSpan(environment * Map.Points, Map.Points);
                cells[(environment * RlSteps) + step] = Total.Of(points).Sum / Map.Points;
            }
        }

        await server.Target.CloseAndVerifyAsync(logger, new Delivered(RlPoints: (long)Map.PerMetric * RlSteps));
        await Readback.VerifyAsync(server.Local, logger.RunIdHex, calls.Totals(RlSteps));
        return (logger.RunIdHex, cells);
    }

    private async Task<AskedFigures> AskBucketsAsync(DiskServer server, ServerQuestions questions, string run, double[] values)
    {
        Total all = Total.Of(values);
        JsonObject question = new()
        {
            ["x"] = "step",
            ["buckets"] = Buckets,
            ["series"] = new JsonArray(new JsonObject { ["run"] = run, ["series"] = await SeriesAsync(server, run) }),
        };
        return await questions.AskAsync(Rounds, "api/v1/buckets", question, answer =>
        {
            ReadOnlySpan<ulong> counts = answer.Column<ulong>("count");
            Same("buckets", counts.Length, Buckets);
            long count = 0;
            foreach (ulong one in counts)
            {
                count += (long)one;
            }

            Readback.Verify("The buckets", count, Total.Of(answer.Column<double>("sum")).Sum, all);
        });
    }

    private async Task<AskedFigures> AskRawAsync(DiskServer server, ServerQuestions questions, string run, double[] values)
    {
        int offset = (Points - RawPoints) / 2;
        string series = await SeriesAsync(server, run);
        string path = string.Create(
            CultureInfo.InvariantCulture,
            $"api/v1/runs/{run}/series/{series}/export?format=columns&offset={offset}&limit={RawPoints}");
        return await questions.AskAsync(Rounds, path, null, answer =>
        {
            if (!answer.Column<double>("value").SequenceEqual(values.AsSpan(offset, RawPoints)))
            {
                throw new NotDeliveredException($"The {RawPoints} raw points from {offset} on are not those that were logged.");
            }
        });
    }

    private async Task<AskedFigures> AskMapAsync(DiskServer server, ServerQuestions questions, string run, double[] cells)
    {
        JsonObject question = new()
        {
            ["run"] = run,
            ["series"] = await SeriesAsync(server, run),
            ["buckets"] = RlSteps,
            ["from"] = 0,
            ["to"] = RlSteps, // A column is then one step.
        };
        return await questions.AskAsync(Rounds, "api/v1/heat-map", question, answer =>
        {
            ReadOnlySpan<double> shown = answer.Column<double>("cells");
            Same("cells", shown.Length, cells.Length);
            for (int i = 0; i < cells.Length; i++)
            {
                if (!(Math.Abs(shown[i] - cells[i]) <= 1e-9))
                {
                    throw new NotDeliveredException($"Cell {i} of the heat map is {shown[i]:R}; the points that were logged have the mean {cells[i]:R}.");
                }
            }
        });
    }

    private static async Task<string> SeriesAsync(DiskServer server, string run)
    {
        IReadOnlyList<StoredSeries> series = await server.Local.GetSeriesAsync(run);
        return series.Single().Id.ToString(CultureInfo.InvariantCulture);
    }

    private static void Same(string what, int count, int asked)
    {
        if (count != asked)
        {
            throw new NotDeliveredException($"The answer has {count} {what}; {asked} were asked for.");
        }
    }
}
