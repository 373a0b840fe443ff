using System.Diagnostics;
using Benchmarks.Measuring;
using Benchmarks.Serving;
using Metrana;
using Metrana.Native;
using Metrana.Server;

namespace Benchmarks.Gates;

/// <summary>
/// What the handles of the client cost beside those of the engine's logger, in turn in one run: the same calls, with the same
/// arguments. The server has to have every point of both.
/// </summary>
internal sealed class ClientProbe(int rounds, int calls = 10_000)
{
    private const string Environment = "env-0";
    private const int WarmUp = 5;

    /// <summary>By the name of the handle.</summary>
    public async Task<SortedDictionary<string, HandleCost>> MeasureAsync()
    {
        await using LocalServer server = await LocalServer.StartAsync();
        await using Run run = await Run.StartAsync(new RunOptions
        {
            Project = "client",
            Name = "client",
            Endpoint = server.Endpoint,
            ApiKey = "local",
            LogSystemMetrics = false,
            Print = false,
        });
        await using Logger logger = new(new LoggerConfig
        {
            ApiKey = "local",
            Endpoint = server.Endpoint,
            Workspace = "local",
            Project = "client",
            RunName = "engine",
        });
        (string Name, Action Client, Action Engine)[] pairs =
        [
            ("series", SeriesOf(run), SeriesOf(logger)),
            ("rl_series", RlSeriesOf(run), RlSeriesOf(logger)),
            ("time", TimeOf(run), TimeOf(logger)),
        ];
        Dictionary<string, (List<CallerCost> Client, List<CallerCost> Engine)> costs =
            pairs.ToDictionary(pair => pair.Name, _ => (new List<CallerCost>(), new List<CallerCost>()));
        for (int i = -WarmUp; i < rounds; i++)
        {
            foreach ((string name, Action client, Action engine) in pairs)
            {
                CallerCost ofClient = CallerCost.Of(client);
                run.Flush();
                CallerCost ofEngine = CallerCost.Of(engine);
                logger.Flush();

                // The first rounds compile the code and let the chunks be made.
                if (i >= 0)
                {
                    costs[name].Client.Add(ofClient);
                    costs[name].Engine.Add(ofEngine);
                }
            }
        }

        await run.CloseAsync();
        await logger.CloseAsync();
        await VerifyAsync(server, run.Id);
        await VerifyAsync(server, logger.RunIdHex);
        return new(
            costs.ToDictionary(pair => pair.Key, pair => new HandleCost(Ns(pair.Value.Client), Ns(pair.Value.Engine), Bytes(pair.Value.Client))),
            StringComparer.Ordinal);
    }

    /// <summary>How much the client's are over the engine's, and what they leave to the garbage collector.</summary>
    public async Task<Dictionary<string, double>> GateAsync()
    {
        SortedDictionary<string, HandleCost> costs = await MeasureAsync();
        return new Dictionary<string, double>
        {
            ["client-series-over-handle-ns"] = costs["series"].OverNs,
            ["client-rl-series-over-handle-ns"] = costs["rl_series"].OverNs,
            ["client-time-over-handle-ns"] = costs["time"].OverNs,
            ["client-managed-bytes"] = costs.Values.Max(cost => cost.ManagedBytes),
        };
    }

    private Action SeriesOf(Run run)
    {
        Metrana.Series series = run.Series("train/loss");
        return () =>
        {
            for (int i = 0; i < calls; i++)
            {
                series.Log(i * 0.5);
            }
        };
    }

    private Action SeriesOf(Logger logger)
    {
        Metrana.Native.Series series = logger.Series("train/loss", Metrana.Native.Scale.MlStep);
        return () =>
        {
            for (int i = 0; i < calls; i++)
            {
                series.Log(i * 0.5);
            }
        };
    }

    private Action RlSeriesOf(Run run)
    {
        Metrana.RlSeries series = run.RlSeries("entropy");
        return () =>
        {
            for (int i = 0; i < calls; i++)
            {
                series.Log(i * 0.5, 1, Environment);
            }
        };
    }

    private Action RlSeriesOf(Logger logger)
    {
        Metrana.Native.RlSeries series = logger.RlSeries("entropy", Metrana.Native.Scale.EnvironmentStep);
        return () =>
        {
            for (int i = 0; i < calls; i++)
            {
                series.Log(i * 0.5, 1, Environment);
            }
        };
    }

    private Action TimeOf(Run run) => () =>
    {
        for (int i = 0; i < calls; i++)
        {
            using (run.Time("train/step_seconds"))
            {
            }
        }
    };

    /// <summary>What somebody writes who measures a section without the client.</summary>
    private Action TimeOf(Logger logger)
    {
        Metrana.Native.Series series = logger.Series("train/step_seconds", Metrana.Native.Scale.MlStep);
        return () =>
        {
            for (int i = 0; i < calls; i++)
            {
                long start = Stopwatch.GetTimestamp();
                series.Log(Stopwatch.GetElapsedTime(start).TotalSeconds);
            }
        };
    }

    private MinMedianMax Ns(List<CallerCost> costs) => MinMedianMax.Of(costs.Select(cost => cost.CpuSeconds * 1e9 / calls));

    private double Bytes(List<CallerCost> costs) => MinMedianMax.Of(costs.Select(cost => (double)cost.ManagedBytes / calls)).Median;

    private async Task VerifyAsync(LocalServer server, string run)
    {
        long each = (long)calls * (rounds + WarmUp);
        ServerCounts held = await server.GetCountsAsync(run);
        if (held.Points != 2 * each || held.RlPoints != each)
        {
            throw new NotDeliveredException(
                $"Of {2 * each} points and {each} of reinforcement learning, {held.Points} and {held.RlPoints} arrived.");
        }
    }
}

/// <summary>What a call costs the thread that makes it.</summary>
/// <param name="ClientNs">By the client's handle.</param>
/// <param name="EngineNs">By that of the engine's logger.</param>
/// <param name="ManagedBytes">What a call of the client leaves to the garbage collector.</param>
internal sealed record HandleCost(MinMedianMax ClientNs, MinMedianMax EngineNs, double ManagedBytes)
{
    /// <summary>Of the least values: the machine's part, and not the weather's.</summary>
    public double OverNs => Digits.Significant(ClientNs.Min - EngineNs.Min);
}
