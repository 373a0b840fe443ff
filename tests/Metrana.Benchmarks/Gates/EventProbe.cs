using Benchmarks.Workloads.Callers;
using Metrana.Server;

namespace Benchmarks.Gates;

/// <summary>What an event of Microsoft.Extensions.Logging with two numbers costs the thread that logs it.</summary>
internal sealed class EventProbe(int rounds)
{
    public async Task<Dictionary<string, double>> MeasureAsync()
    {
        await using LocalServer server = await LocalServer.StartAsync();
        await using ICaller events = await EventCaller.OpenAsync(server);
        (double floor, IReadOnlyList<CallerFigures> callers) = await CallerRounds.MeasureAsync([events], rounds);
        return new Dictionary<string, double>
        {
            ["event-ns"] = callers[0].CallNs.Min,
            ["event-over-lock-and-push"] = callers[0].CallNs.Min / floor,
            ["event-managed-bytes"] = callers[0].ManagedBytes.Median,
        };
    }
}
