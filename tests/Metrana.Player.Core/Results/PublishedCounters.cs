using Metrana.Native;

namespace Metrana.Player.Results;

/// <summary>The counters of a logger by the names of the published client.</summary>
public static class PublishedCounters
{
    /// <summary>The counters of a snapshot.</summary>
    public static IReadOnlyDictionary<string, long> Of(Metrics metrics)
    {
        var counters = new OrderedDictionary<string, long>(StringComparer.Ordinal);
        Add("float_points", metrics.FloatPoints);
        Add("rl_float_points", metrics.RlFloatPoints);
        Add("histogram_points", metrics.HistogramPoints);
        Add("scatter_points", metrics.ScatterPoints);
        Add("attribute_updates", metrics.AttributeUpdates);
        Add("env_attribute_updates", metrics.EnvironmentAttributeUpdates);
        counters["connection_attempts"] = metrics.ConnectionAttempts;
        counters["send_errors"] = metrics.SendErrors;
        counters["requests_sent"] = metrics.RequestsSent;
        counters["errors_reported"] = metrics.ErrorsReported;
        counters["errors_evicted"] = metrics.ErrorsEvicted;
        return counters;

        void Add(string kind, KindMetrics of)
        {
            counters[$"{kind}_added"] = of.Added;
            counters[$"{kind}_enqueued"] = of.Enqueued;
            counters[$"{kind}_sent"] = of.Sent;
            counters[$"{kind}_dropped"] = of.Dropped;
            counters[$"{kind}_disk_persisted"] = of.Spooled;
        }
    }
}
