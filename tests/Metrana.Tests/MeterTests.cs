using System.Diagnostics;
using System.Diagnostics.Metrics;
using Metrana.Tests.Support;

namespace Metrana.Tests;

/// <summary>What .NET instruments measure flows into a run, and what a run does can be measured.</summary>
public class MeterTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(30);

    [Fact]
    public void Each_kind_of_instrument_becomes_a_curve()
    {
        using Meter meter = new("Tests.Kinds");
        using Meter other = new("Tests.Other");
        long total = 100;
        double temperature = 20;
        Counter<long> steps = meter.CreateCounter<long>("steps");
        UpDownCounter<int> open = meter.CreateUpDownCounter<int>("open");
        Histogram<double> seconds = meter.CreateHistogram<double>("seconds (s)");
        meter.CreateObservableCounter("total", () => total);
        meter.CreateObservableGauge("temperature", () => temperature);
        ManualClock clock = new();
        Run run = Run.InMemory();
        run.CaptureMeters(["tests.kinds"], _interval, clock);

        steps.Add(2);
        steps.Add(3);
        open.Add(4);
        seconds.Record(1.0);
        seconds.Record(3.0);
        other.CreateCounter<long>("not-mine").Add(1);
        total = 110;
        clock.Tick(_interval);
        steps.Add(1);
        open.Add(-1);
        (total, temperature) = (111, 25);
        clock.Tick(_interval);
        run.Dispose();
        steps.Add(1);

        Values("steps").Should().Equal(5, 1, 0);
        Values("open").Should().Equal(4, 3, 3);
        Values("seconds__s_/count").Should().Equal(2);
        Values("seconds__s_/mean").Should().Equal(2);
        Values("seconds__s_/max").Should().Equal(3);
        Values("total").Should().Equal(10, 1, 0);
        Values("temperature").Should().Equal(20, 20, 25, 25);
        run.Recording.Points.Should().OnlyContain(point => point.Metric.StartsWith("meters/Tests.Kinds/", StringComparison.Ordinal)
            && point.Labels["host"] == Environment.MachineName && point.Labels.ContainsKey("pid"));

        IEnumerable<double> Values(string instrument) => run.Recording.Of($"meters/Tests.Kinds/{instrument}").Select(point => point.Value);
    }

    [Fact]
    public void Tags_are_labels_and_no_tag_fills_the_memory()
    {
        using Meter meter = new("Tests.Tags");
        Counter<long> hits = meter.CreateCounter<long>("hits");
        ManualClock clock = new();
        using Run run = Run.InMemory();
        using IDisposable capture = run.CaptureMeters(["Tests.*"], _interval, clock);
        for (int i = 0; i < 1100; i++)
        {
            hits.Add(i, KeyValuePair.Create("who", (object?)$"user {i}"));
        }

        clock.Tick(_interval);

        run.Recording.Points.Should().HaveCount(1000);
        run.Recording.Points[7].Should().Match<LoggedPoint>(point => point.Labels["who"] == "user_7" && point.Value == 7);
    }

    [Fact]
    public void The_instruments_of_the_runtime_are_there()
    {
        ManualClock clock = new();
        using Run run = Run.InMemory();
        run.CaptureMeters(["System.Runtime"], _interval, clock);
        clock.Tick(_interval);

        run.Recording.Points.Select(point => point.Metric).Should().Contain("meters/System.Runtime/dotnet.process.memory.working_set");
    }

    [Fact]
    public async Task Metrics_with_different_tags_are_said_and_the_rest_is_logged()
    {
        using SharedWriter output = new();
        using Meter meter = new("Tests.Mixed");
        Counter<long> hits = meter.CreateCounter<long>("hits");
        RunOptions options = shared.Options();
        (options.Print, options.Output) = (true, output);
        Run run = await Run.StartAsync(options);
        using IDisposable capture = run.CaptureMeters("Tests.Mixed");
        hits.Add(1, KeyValuePair.Create("a", (object?)"1"));
        hits.Add(2, KeyValuePair.Create("b", (object?)"1"));
        await run.CloseAsync();

        run.Delivery.Should().Be(new RunDelivery { Added = 1, Sent = 1 });
        output.ToString().Should().Contain("not everything of the instrument hits of Tests.Mixed is logged").And.Contain("label keys");
    }

    [Fact]
    public void A_meter_has_to_be_named()
    {
        using Run run = Run.InMemory();

        run.Invoking(one => one.CaptureMeters()).Should().Throw<ArgumentException>();
        run.Invoking(one => one.CaptureMeters(" ")).Should().Throw<ArgumentException>();
        Run.Disabled.CaptureMeters("System.Runtime").Dispose();
    }

    [Fact]
    public async Task A_run_can_be_measured_and_followed()
    {
        List<string> activities = [];
        RunOptions options = shared.Options();
        using ActivityListener follower = new()
        {
            ShouldListenTo = source => source.Name == "Metrana",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (Equals(activity.GetTagItem("metrana.run"), options.Name))
                {
                    lock (activities)
                    {
                        activities.Add(activity.OperationName);
                    }
                }
            },
        };
        ActivitySource.AddActivityListener(follower);
        Dictionary<string, long> measured = [];
        using MeterListener listener = new()
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Meter.Name == "Metrana")
                {
                    listening.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            foreach ((string key, object? tag) in tags)
            {
                if (key == "run" && Equals(tag, options.Name))
                {
                    measured[instrument.Name] = value;
                }
            }
        });
        listener.Start();
        Run run = await Run.StartAsync(options);
        run.Log("loss", [1.0, 2.0]);
        await run.FlushAsync();
        listener.RecordObservableInstruments();
        await run.CloseAsync();

        measured.Should().Equal(new Dictionary<string, long>
        {
            ["metrana.points.added"] = 2,
            ["metrana.points.sent"] = 2,
            ["metrana.points.dropped"] = 0,
            ["metrana.points.pending"] = 0,
        });
        activities.Should().Equal("metrana.start", "metrana.close");
    }
}
