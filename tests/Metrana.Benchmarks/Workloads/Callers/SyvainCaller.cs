using Benchmarks.Serving;
using Metrana.Syvain;

namespace Benchmarks.Workloads.Callers;

/// <summary>Metrics of an experiment of Syvain, which a collector writes to a file.</summary>
internal sealed class SyvainCaller : ICaller
{
    private readonly string _file;
    private readonly JsonlCollector _collector;
    private readonly Experiment _experiment;

    private SyvainCaller(string file, JsonlCollector collector, Experiment experiment) =>
        (_file, _collector, _experiment) = (file, collector, experiment);

    public static async Task<ICaller> OpenAsync()
    {
        string file = Path.GetTempFileName();
        JsonlCollector collector = new(file);
        return new SyvainCaller(file, collector, await collector.OpenExperimentAsync("callers"));
    }

    public void Call(int first, int calls)
    {
        for (int i = first; i < first + calls; i++)
        {
            _experiment.Metric("loss", i * 0.5, i);
        }
    }

    public Task SettleAsync() => _experiment.FlushOrThrowAsync();

    public Task EndAsync(int calls)
    {
        long delivered = _experiment.Delivery.Metrics.Delivered;
        return delivered == calls
            ? Task.CompletedTask
            : throw new NotDeliveredException($"Of {calls} metrics {delivered} were delivered.");
    }

    public async ValueTask DisposeAsync()
    {
        await _collector.DisposeAsync();
        File.Delete(_file);
    }
}
