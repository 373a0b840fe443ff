using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Benchmarks.Measuring;
using Benchmarks.Results;
using Benchmarks.Serving;
using Metrana;
using Metrana.Mirrors;
using Metrana.MLflow;
using Metrana.Server;

namespace Benchmarks.Modes;

/// <summary>
/// A run with two mirrors, one of which takes connections and never answers: what that costs the loop, the other mirror, the run
/// and the memory, beside the same run without it, which is measured before and after: what the machine does meanwhile is no mirror's fault.
/// </summary>
internal sealed record DeadMirrorMode
{
    /// <summary>What the collector has not collected yet, over and above what waits.</summary>
    private const double MostMemoryAboveQueueMib = 32;

    private const double MostOfMedian = 1.5;

    /// <summary>A call in a hundred meets whatever else the machine does.</summary>
    private const double MostOf99 = 2;

    private const int Width = 100;

    public int Seconds { get; init; } = 600;

    /// <summary>Calls a second, each of a hundred values.</summary>
    public int Rate { get; init; } = 200;

    /// <summary>What may wait for a mirror.</summary>
    public long QueueBytes { get; init; } = 16 << 20;

    public static Command Command()
    {
        Command command = new("dead-mirror", "What a mirror that never answers costs everything else");
        Option<int> seconds = Arguments.Count(command, "--seconds", "How long it is dead; the runs without it take a tenth of that, before and after", 600, least: 10);
        Option<int> rate = Arguments.Count(command, "--rate", "Calls a second, each of a hundred values", 200, most: 1000);
        Option<string?> json = Arguments.Json(command);
        command.SetAction(async (parsed, _) =>
        {
            JsonObject result = [];
            int code = await Arguments.RunAsync(parsed.GetValue(json), async () =>
                result = await new DeadMirrorMode { Seconds = parsed.GetValue(seconds), Rate = parsed.GetValue(rate) }.RunAsync());
            JsonArray past = result["past_bounds"] as JsonArray ?? [];
            foreach (JsonNode? bound in past)
            {
                await Console.Error.WriteLineAsync($"A dead mirror costs too much: {bound}.");
            }

            return past.Count > 0 ? 1 : code;
        });
        return command;
    }

    public async Task<JsonObject> RunAsync()
    {
        await using LocalServer server = await LocalServer.StartAsync();
        using TcpListener silence = new(IPAddress.Loopback, 0);
        silence.Start(); // The kernel takes the connections, and nobody answers.
        Machine machine = Machine.This;
        Phase before = await PhaseAsync(server, Math.Max(5, Seconds / 10), null);
        Phase beside = await PhaseAsync(server, Seconds, $"http://{silence.LocalEndpoint}");
        Phase after = await PhaseAsync(server, Math.Max(5, Seconds / 10), null);
        return ResultJson.Of(
            new JsonObject { ["mode"] = "dead-mirror", ["verified"] = "server" },
            new
            {
                Machine = machine,
                Settings = new { Seconds, Rate, Width, QueueBytes },
                Before = before,
                Beside = beside,
                After = after,
                PastBounds = PastBounds(before, beside, after, QueueBytes),
            });
    }

    /// <summary>What a dead mirror costs more than it may.</summary>
    internal static IReadOnlyList<string> PastBounds(Phase before, Phase beside, Phase after, long queueBytes)
    {
        List<string> past = [];
        Check("memory above that of the run without it and of the mirror's queue, MiB",
            beside.MostMemoryMib - before.MostMemoryMib - (queueBytes / (double)(1 << 20)), MostMemoryAboveQueueMib);
        Check("the median of a call over that without it",
            beside.CallUs.Median / Math.Max(before.CallUs.Median, after.CallUs.Median), MostOfMedian);
        Check("the 99th of 100 calls over that without it",
            beside.CallUsOf99 / Math.Max(before.CallUsOf99, after.CallUsOf99), MostOf99);
        return past;

        void Check(string what, double value, double most)
        {
            // What is no number passes no bound.
            if (!(value <= most))
            {
                past.Add(string.Create(CultureInfo.InvariantCulture, $"{what}: {value:G4}, and {most} is the most"));
            }
        }
    }

    private async Task<Phase> PhaseAsync(LocalServer server, int seconds, string? dead)
    {
        string file = Path.Combine(Path.GetTempPath(), $"metrana-dead-mirror-{Environment.ProcessId}.jsonl");
        try
        {
            List<IRunMirror> mirrors = [new JsonlMirror(file)];
            if (dead is not null)
            {
                mirrors.Add(new MlflowMirror(new MlflowOptions { TrackingUri = dead }));
            }

            Run run = await Run.StartAsync(new RunOptions
            {
                Project = "dead-mirror",
                Endpoint = server.Endpoint,
                ApiKey = "local",
                LogSystemMetrics = false,
                Mirrors = mirrors,
                MirrorQueueBytes = QueueBytes,
            });
            Phase phase = await LoopAsync(run, seconds);
            await run.CloseAsync();
            await VerifyAsync(server, run, phase.Points, file);
            MirrorDelivery last = run.Mirrors[^1];
            return phase with { Dropped = dead is null ? 0 : last.Dropped };
        }
        finally
        {
            File.Delete(file);
        }
    }

    private async Task<Phase> LoopAsync(Run run, int seconds)
    {
        double[] values = new double[Width];
        List<double> calls = new(seconds * Rate);
        double begin = 0, most = 0;
        long pending = 0;
        using PeriodicTimer pace = new(TimeSpan.FromSeconds(1.0 / Rate));
        for (int call = 0; call < seconds * Rate; call++)
        {
            Array.Fill(values, call * 0.5);
            long before = Stopwatch.GetTimestamp();
            run.Log("loss", values);
            calls.Add(Stopwatch.GetElapsedTime(before).TotalMicroseconds);
            if (call % Rate == 0)
            {
                double now = ResidentMemory.NowMiB;
                pending = Math.Max(pending, run.Mirrors[^1].Pending);
                most = Math.Max(most, now);

                // By the tenth part everything is compiled and the queues have their size.
                begin = call <= seconds * Rate / 10 ? now : begin;
            }

            await pace.WaitForNextTickAsync();
        }

        calls.Sort();
        return new Phase(
            Points: (long)seconds * Rate * Width,
            CallUs: MinMedianMax.Of(calls),
            CallUsOf99: calls[(int)(calls.Count * 0.99)],
            MemoryMib: begin,
            MostMemoryMib: most,
            MostPending: pending,
            Dropped: 0);
    }

    private static async Task VerifyAsync(LocalServer server, Run run, long points, string file)
    {
        ServerCounts held = await server.GetCountsAsync(run.Id);
        long written = File.ReadLines(file).Select(line => JsonDocument.Parse(line).RootElement)
            .Where(line => line.GetProperty("kind").GetString() == "points").Sum(line => (long)line.GetProperty("values").GetArrayLength());
        if (held.Points != points || written != points)
        {
            throw new NotDeliveredException($"Of {points} points the server holds {held.Points} and the file {written}.");
        }

        foreach (MirrorDelivery mirror in run.Mirrors)
        {
            if (mirror.Added != mirror.Written + mirror.Dropped + mirror.Pending)
            {
                throw new NotDeliveredException($"The counts do not add up: {mirror}.");
            }
        }
    }

    internal sealed record Phase(
        long Points, MinMedianMax CallUs, double CallUsOf99, double MemoryMib, double MostMemoryMib, long MostPending, long Dropped);
}
