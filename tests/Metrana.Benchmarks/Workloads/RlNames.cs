namespace Benchmarks.Workloads;

/// <summary>What the environments and metrics of reinforcement learning are called, in every workload.</summary>
internal static class RlNames
{
    public static string[] Environments(int count) => [.. Enumerable.Range(0, count).Select(i => $"env-{i:D4}")];

    public static string[] Metrics(int count) => [.. Enumerable.Range(0, count).Select(i => $"rollout/metric-{i:D2}")];
}
