using Benchmarks.Floors;
using Benchmarks.Measuring;

namespace Benchmarks.Workloads.Callers;

/// <summary>Measures callers and their floor in turn, so that all see the same weather.</summary>
internal static class CallerRounds
{
    public const int Calls = 10_000;

    /// <summary>Rounds that compile the code and let queues grow.</summary>
    private const int Warmup = 5;

    /// <summary>What each costs, and the floor: an empty P/Invoke, an uncontended lock and a record of 32 bytes, in ns.</summary>
    public static async Task<(double FloorNs, IReadOnlyList<CallerFigures> Callers)> MeasureAsync(IReadOnlyList<ICaller> callers, int rounds)
    {
        using FloorSet floors = new();
        List<CallerCost>[] costs = [.. callers.Select(_ => new List<CallerCost>())];
        for (int i = 0; i < Warmup + rounds; i++)
        {
            floors.EmptyCall.Round();
            floors.LockAndPush.Round();
            for (int caller = 0; caller < callers.Count; caller++)
            {
                CallerCost cost = CallerCost.Of(() => callers[caller].Call(i * Calls, Calls));
                await callers[caller].SettleAsync();
                if (i >= Warmup)
                {
                    costs[caller].Add(cost);
                }
            }
        }

        foreach (ICaller caller in callers)
        {
            await caller.EndAsync((Warmup + rounds) * Calls);
        }

        return (floors.EmptyCall.Ns.Min + floors.LockAndPush.Ns.Min, [.. costs.Select(CallerFigures.Of)]);
    }
}

/// <summary>What a call costs its caller.</summary>
/// <param name="CallNs">CPU of the calling thread.</param>
/// <param name="ManagedBytes">What it leaves to the garbage collector.</param>
internal sealed record CallerFigures(MinMedianMax CallNs, MinMedianMax ManagedBytes)
{
    public static CallerFigures Of(IReadOnlyCollection<CallerCost> rounds) => new(
        MinMedianMax.Of(rounds.Select(cost => cost.CpuSeconds * 1e9 / CallerRounds.Calls)),
        MinMedianMax.Of(rounds.Select(cost => (double)cost.ManagedBytes / CallerRounds.Calls)));
}
