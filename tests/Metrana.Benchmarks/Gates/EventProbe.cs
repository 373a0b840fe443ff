using Benchmarks.Floors;
using Benchmarks.Measuring;
using Benchmarks.Serving;
using Metrana;
using Metrana.Extensions.Logging;
using Metrana.Server;
using Microsoft.Extensions.Logging;

namespace Benchmarks.Gates;

/// <summary>What an event of Microsoft.Extensions.Logging with two numbers costs the thread that logs it.</summary>
internal sealed partial class EventProbe(int rounds)
{
    private const int Events = 10_000;
    private const int NumbersOfAnEvent = 2;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    public async Task<Dictionary<string, double>> MeasureAsync()
    {
        await using LocalServer server = await LocalServer.StartAsync();
        await using Run run = await Run.StartAsync(new RunOptions
        {
            Project = "events",
            Endpoint = server.Endpoint,
            ApiKey = "local",
            LogSystemMetrics = false,
        });
        using MetranaLoggerProvider provider = new(run);
        using ILoggerFactory factory = LoggerFactory.Create(builder => builder.AddProvider(provider));
        ILogger log = factory.CreateLogger("trainer");
        using FloorSet floors = new();
        List<CallerCost> costs = [];
        int first = 0;
        for (int i = -5; i < rounds; i++)
        {
            floors.EmptyCall.Round();
            floors.LockAndPush.Round();
            CallerCost cost = CallerCost.Of(() => Round(log, first));
            first += Events;

            // Nothing may be left in the queue: what does not fit into it is dropped, and dropping costs less.
            if (!provider.Flush(_patience))
            {
                throw new NotDeliveredException($"The run has not taken {Events} events within {_patience}.");
            }

            // The first rounds compile the code and let the queue grow.
            if (i >= 0)
            {
                costs.Add(cost);
            }
        }

        await run.CloseAsync();
        await VerifyAsync(provider.Counts, server, run.Id, first);
        double floor = floors.EmptyCall.Ns.Min + floors.LockAndPush.Ns.Min;
        return new Dictionary<string, double>
        {
            ["event-over-lock-and-push"] = costs.Min(cost => cost.CpuSeconds) * 1e9 / Events / floor,
            ["event-managed-bytes"] = MinMedianMax.Of(costs.Select(cost => (double)cost.ManagedBytes / Events)).Median,
        };
    }

    private static void Round(ILogger log, int first)
    {
        for (int i = first; i < first + Events; i++)
        {
            Update(log, "TRAINER", i * 0.5, i * 0.25, i);
        }
    }

    private static async Task VerifyAsync(TelemetryCounts counts, LocalServer server, string run, int events)
    {
        long expected = (long)events * NumbersOfAnEvent;
        ServerCounts held = await server.GetCountsAsync(run);
        if (counts.Events != events || counts.Logged != expected || held.Points != expected)
        {
            throw new NotDeliveredException($"Of {events} events, {counts.Events} were taken; of {expected} values, {counts.Logged} were logged and {held.Points} arrived.");
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{category} {critic_loss} {entropy} {timesteps}")]
    private static partial void Update(ILogger logger, string category, double critic_loss, double entropy, long timesteps);
}
