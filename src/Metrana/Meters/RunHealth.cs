using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Metrana.Meters;

/// <summary>The library's own health, for whoever listens: a meter and a source of activities, both named <c>Metrana</c>.</summary>
internal static class RunHealth
{
    private const string Name = "Metrana";

    private static readonly Meter _meter = new(Name);

    /// <summary>Kept, because the meter's instruments are what is listened to.</summary>
    private static readonly Instrument[] _instruments =
    [
        _meter.CreateObservableCounter("metrana.points.added", () => Of(delivery => delivery.Added), "{point}", "Points that open runs accepted"),
        _meter.CreateObservableCounter("metrana.points.sent", () => Of(delivery => delivery.Sent), "{point}", "Points that the service acknowledged"),
        _meter.CreateObservableCounter("metrana.points.dropped", () => Of(delivery => delivery.Dropped), "{point}", "Points that were lost"),
        _meter.CreateObservableGauge("metrana.points.pending", () => Of(delivery => delivery.Pending), "{point}", "Points on their way"),
    ];

    private static readonly ActivitySource _activities = new(Name);

    /// <summary>Has the instruments made, so that listeners hear of them.</summary>
    public static void Begin() => GC.KeepAlive(_instruments);

    /// <summary>Something of a run that takes its time; null when nobody listens.</summary>
    public static Activity? Follow(string what, string project, string name)
    {
        Activity? activity = _activities.StartActivity(what);
        activity?.SetTag("metrana.project", project);
        activity?.SetTag("metrana.run", name);
        return activity;
    }

    private static List<Measurement<long>> Of(Func<RunDelivery, long> what)
    {
        List<Measurement<long>> all = [];
        foreach (Run run in ExitWatch.Snapshot())
        {
            try
            {
                all.Add(new Measurement<long>(
                    what(run.Delivery),
                    KeyValuePair.Create("project", (object?)run.Project),
                    KeyValuePair.Create("run", (object?)run.Name)));
            }
            catch (ObjectDisposedException)
            {
                // It ended meanwhile.
            }
        }

        return all;
    }
}
