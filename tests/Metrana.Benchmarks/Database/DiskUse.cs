using System.Text.Json.Nodes;
using Benchmarks.Measuring;
using Benchmarks.Results;
using Benchmarks.Serving;
using Benchmarks.Workloads;
using Metrana.Native;

namespace Benchmarks.Database;

/// <summary>
/// What a point takes on disk once it is sealed, by the kind of values: each set is a run on a server of its own. Every point has a
/// step and a time. What counts are the pages that the file uses above those of an empty one, with all that the server keeps
/// in them.
/// </summary>
internal sealed record DiskUse : IDatabasePart
{
    private const int CallPoints = 10_000;

    /// <summary>Of each set, over all of its series.</summary>
    public int Points { get; init; } = 4_000_000;

    public async Task<JsonObject> MeasureAsync(string folder)
    {
        long empty = await EmptyAsync(folder);
        JsonObject sets = [];
        string fileSystem = "";
        foreach (DataSet set in DataSet.All)
        {
            await using DiskServer server = await DiskServer.StartAsync(folder);
            fileSystem = server.FileSystem;
            sets[set.Name] = ResultJson.Node(await MeasureAsync(server, set, empty));
        }

        return ResultJson.Of(new { Settings = new { Points, FileSystem = fileSystem }, EmptyBytes = empty, Sets = sets });
    }

    private static async Task<long> EmptyAsync(string folder)
    {
        await using DiskServer server = await DiskServer.StartAsync(folder);
        await server.StopAsync();
        return server.UsedBytes();
    }

    private async Task<DiskFigures> MeasureAsync(DiskServer server, DataSet set, long empty)
    {
        string run;
        int each = Points / set.Series.Count;
        long points = (long)each * set.Series.Count;
        await using (Logger logger = server.Target.OpenLogger())
        {
            run = logger.RunIdHex;
            Dictionary<string, Total> logged = new(StringComparer.Ordinal);
            foreach ((string metric, Func<int, double[]> make) in set.Series)
            {
                double[] values = make(each);
                Log(logger.Series(metric, Scale.MlStep), values);
                logged.Add(metric, Total.Of(values));
            }

            await server.Target.CloseAndVerifyAsync(logger, new Delivered(Points: points));
            await Readback.VerifyAsync(server.Local, run, logged);
        }

        server.Rest();
        using ServerQuestions questions = new(server.Local);
        long stored = await questions.StoredBytesAsync(run);
        await server.StopAsync();
        long used = server.UsedBytes() - empty;
        return new DiskFigures(points, Digits.Significant((double)used / points), Digits.Significant((double)stored / points));
    }

    private static void Log(Series series, double[] values)
    {
        long[] timestamps = DataSet.Timestamps(values.Length);
        for (int at = 0; at < values.Length; at += CallPoints)
        {
            int count = Math.Min(CallPoints, values.Length - at);
            series.Log(values.AsSpan(at, count), timestamps: timestamps.AsSpan(at, count));
        }
    }

    /// <param name="Points">How many there are.</param>
    /// <param name="BytesPerPoint">Of the file.</param>
    /// <param name="StoredBytesPerPoint">Of what the server says that it keeps of the run: without the rest of a page.</param>
    private sealed record DiskFigures(long Points, double BytesPerPoint, double StoredBytesPerPoint);
}
