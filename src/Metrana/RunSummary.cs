using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Metrana.Backends;
using Metrana.Mirrors;

namespace Metrana;

/// <summary>Remembers the course of each metric roughly, for the lines at the end.</summary>
internal sealed class RunSummary
{
    /// <summary>More metrics than a person reads at the end.</summary>
    private const int MostMetrics = 256;
    private const int MostLines = 20;

    private readonly ConcurrentDictionary<string, Trend> _trends = new(StringComparer.Ordinal);
    private int _order;

    public void Note(string metric, double value) => Of(metric)?.Note(value);

    public Trend? Of(string metric)
    {
        if (_trends.TryGetValue(metric, out Trend? trend))
        {
            return trend;
        }

        return _trends.Count >= MostMetrics
            ? null
            : _trends.GetOrAdd(metric, static (_, self) => new Trend(Interlocked.Increment(ref self._order)), this);
    }

    public string Write(
        string run,
        EndOfRun end,
        TimeSpan duration,
        RunDelivery delivery,
        string? stopped,
        IReadOnlyList<MirrorDelivery> mirrors,
        string? url,
        bool isTerminal)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"metrana: run {run} {(end.CloseRun ? end.Outcome.ToString().ToLowerInvariant() : "left")} after {Seconds(duration)}");
        text.Append(end.Message is null ? "" : $": {end.Message}");
        KeyValuePair<string, Trend>[] metrics = [.. _trends.OrderBy(metric => metric.Value.Order).Take(MostLines)];
        int width = metrics.Length == 0 ? 0 : metrics.Max(metric => metric.Key.Length);
        foreach ((string metric, Trend trend) in metrics)
        {
            string curve = isTerminal ? "  " + trend.Curve() : "";
            text.Append(CultureInfo.InvariantCulture, $"\n  {metric.PadRight(width)}  {trend.Last,12:G6}{curve}");
        }

        if (_trends.Count > metrics.Length)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  and {_trends.Count - metrics.Length} more metrics");
        }

        text.Append(CultureInfo.InvariantCulture, $"\n  points: {delivery.Added} added, {delivery.Sent} sent, {delivery.Dropped} dropped");
        text.Append(delivery.Pending == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", {delivery.Pending} not delivered"));
        text.Append(stopped is null ? "" : $"\n  delivery ended before the run did: {stopped}");
        foreach (MirrorDelivery mirror in mirrors)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  {mirror.Mirror}: {mirror.Written} written, {mirror.Dropped} dropped");
            text.Append(mirror.Pending == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", {mirror.Pending} not written"));
        }

        text.Append(url is null ? "" : $"\n  {url}");
        return text.ToString();
    }

    private static string Seconds(TimeSpan duration) => duration.TotalMinutes < 2
        ? string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:F1} s")
        : duration.ToString(@"d\.hh\:mm\:ss", CultureInfo.InvariantCulture).TrimStart('0').TrimStart('.');
}
