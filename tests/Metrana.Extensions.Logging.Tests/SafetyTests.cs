using System.Collections;
using System.Collections.Concurrent;
using System.Diagnostics;
using Metrana.Extensions.Logging.Telemetry;
using Microsoft.Extensions.Logging;

namespace Metrana.Extensions.Logging.Tests;

/// <summary>Whatever the run and the fields do, a caller that logs goes on, and nothing is lost uncounted.</summary>
public class SafetyTests
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    [Fact]
    [ParityRow("telemetry/never-blocks", "never", "blocks", "queue")]
    public async Task A_run_that_blocks_never_holds_up_a_caller_and_its_queue_is_bounded()
    {
        // The run is found on the thread that logs to it: here that takes until the test allows it.
        using BlockingServices services = new();
        List<string> warnings = [];
        using MetranaLoggerProvider provider = new(new MetranaLoggerOptions { QueueLimit = 100, Warn = warnings.Add }, services);
        ILogger log = provider.CreateLogger("ppo");
        Stopwatch watch = Stopwatch.StartNew();
        for (int i = 0; i < 250; i++)
        {
            Events.Train(log, "TRAIN", i, i);
        }

        watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(10), "no call waits for the run");
        provider.Counts.Should().Be(new TelemetryCounts(250, 0, 0, Added: 250, Logged: 0, Refused: 0, Dropped: 150, Pending: 100));

        services.Allow();
        provider.Flush(_patience).Should().BeTrue();
        provider.Counts.Should().Be(new TelemetryCounts(250, 0, 0, Added: 250, Logged: 100, Refused: 0, Dropped: 150, Pending: 0));
        services.Run.Recording.Of("trainer/critic_loss").Select(point => point.Value).Should().Equal(Enumerable.Range(0, 100).Select(i => (double)i));
        await Eventually.ShouldAsync(() => warnings.Count > 0, "the loss is said");
        warnings.Should().ContainSingle().Which.Should().Contain("150 values").And.Contain("faster");
    }

    [Fact]
    public void Logging_that_throws_at_a_warning_costs_no_value()
    {
        using Run run = Run.InMemory();
        MetricQueue queue = new(100);
        MetricPump pump = new(queue, new RunSource(run, null), null, TimeProvider.System, static text => throw new InvalidOperationException(text));
        queue.Add("", [new EventFields.Field("", 1, FieldRole.Value)], values: 1, FieldRole.Ignored, step: 0, timestamp: 0);
        queue.Add("trainer/", [new EventFields.Field("loss", 2, FieldRole.Value)], values: 1, FieldRole.Ignored, step: 0, timestamp: 0);
        pump.Begin();

        pump.Flush(_patience).Should().BeTrue();
        pump.End();
        queue.Counts.Should().Be(new TelemetryCounts(2, 0, 0, Added: 2, Logged: 1, Refused: 1, Dropped: 0, Pending: 0));
        run.Recording.Points.Select(point => (point.Metric, point.Value)).Should().Equal(("trainer/loss", 2.0));
    }

    [Fact]
    [ParityRow("telemetry/never-throws", "never", "throws")]
    public void Whatever_throws_while_an_event_is_read_the_caller_never_sees_it()
    {
        using Logging logging = new(options => options.AnnotationLevel = LogLevel.Trace);
        Action[] calls =
        [
            () => logging.Provider.CreateLogger("x").Log(LogLevel.Error, default, new Throwing(), null, static (_, _) => ""),
            () => logging.Provider.CreateLogger("x").Log<string?>(LogLevel.Error, default, null, null, static (_, _) => throw new InvalidOperationException()),
            () => logging.Provider.CreateLogger("x").LogError("{category} {x} {step}", new Mute(), 1, 2),
        ];
        foreach (Action call in calls)
        {
            call.Should().NotThrow();
        }

        logging.Provider.Counts.Unreadable.Should().Be(3);
        Events.Train(logging.Log, "TRAIN", 1, 2);
        logging.Points.Should().HaveCount(1, "later events are read as ever");
    }

    [Fact]
    public void A_field_that_logs_while_it_is_read_disturbs_nothing()
    {
        using Logging logging = new();
        logging.Log.Log(
            LogLevel.Information, default, Fields(() => Events.Train(logging.Log, "EVAL", 5, 6)), null, static (_, _) => "");

        logging.Points.Should().BeEquivalentTo([("misc/x", 1.0, 2L), ("evaluator/critic_loss", 5.0, 6L)]);

        static IEnumerable<KeyValuePair<string, object?>> Fields(Action between)
        {
            yield return KeyValuePair.Create<string, object?>("x", 1);
            between();
            yield return KeyValuePair.Create<string, object?>("step", 2);
        }
    }

    [Fact]
    [ParityRow("telemetry/never-feeds-itself", "feeds", "itself")]
    public async Task What_the_library_says_itself_feeds_nothing_back()
    {
        Lines lines = new();
        using Run run = Run.InMemory();
        using ILoggerFactory factory = LoggerFactory.Create(builder => builder.AddMetrana(run).AddProvider(lines));
        Events.Train(factory.CreateLogger("Metrana"), "TRAIN", 1, 1);
        Events.Train(factory.CreateLogger("Metrana.Native"), "TRAIN", 2, 1);
        Events.Train(factory.CreateLogger("Metrana.MLflow.Client"), "TRAIN", 3, 1);
        Events.Train(factory.CreateLogger("Metrana.Nativity"), "TRAIN", 4, 1);
        factory.CreateLogger("a").LogInformation("{category} {x}", "TRAIN", 1);

        await Eventually.ShouldAsync(() => lines.All.Any(line => line.Contains("no step", StringComparison.Ordinal)), "the warning is said");
        run.Dispose();
        lines.All.Should().ContainSingle(line => line.Contains("no step", StringComparison.Ordinal));
        run.Recording.Points.Select(point => point.Value).Should().Equal(4.0);
    }

    [Fact]
    [ParityRow("telemetry/flush-at-the-end", "end", "handed over")]
    public void The_end_of_the_run_has_what_waits_handed_over_first()
    {
        for (int i = 0; i < 20; i++)
        {
            using Logging logging = new();
            Events.Train(logging.Log, "TRAIN", 1, 2);
            logging.Run.Close();
            logging.Run.Recording.Points.Should().HaveCount(1, "the end waits");
        }
    }

    [Fact]
    [ParityRow("telemetry/flush-at-the-end", "end", "handed over")]
    public void The_end_of_the_logging_has_what_waits_handed_over_first()
    {
        using Run run = Run.InMemory();
        using (ILoggerFactory factory = LoggerFactory.Create(builder => builder.AddMetrana(run)))
        {
            Events.Train(factory.CreateLogger("ppo"), "TRAIN", 1, 2);
        }

        run.Recording.Points.Should().HaveCount(1);
    }

    [Fact]
    public async Task What_comes_after_the_end_of_the_run_is_counted_and_said()
    {
        using Logging logging = new();
        logging.Run.Close();
        Events.Train(logging.Log, "TRAIN", 1, 2);

        await Eventually.ShouldAsync(() => logging.Warnings.Count > 0, "it is said");
        logging.Provider.Counts.Should().Match<TelemetryCounts>(counts => counts.Added == 1 && counts.Dropped == 1 && counts.Pending == 0);
        logging.Warnings.Should().ContainSingle().Which.Should().Contain("the run has ended");
    }

    [Fact]
    public void Counts_add_up_at_every_instant()
    {
        using Logging logging = new(options => options.QueueLimit = 50);
        Thread[] threads = [.. Enumerable.Range(0, 3).Select(thread => new Thread(() =>
        {
            for (int i = 0; i < 2000; i++)
            {
                Events.Wide(logging.Log, "TRAIN", 1, 2, 3, 4, 5, thread, i);
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        while (threads.Any(thread => thread.IsAlive))
        {
            TelemetryCounts counts = logging.Provider.Counts;
            counts.Pending.Should().BeInRange(0, 50);
            counts.Added.Should().Be(counts.Logged + counts.Refused + counts.Dropped + counts.Pending);
        }

        Array.ForEach(threads, thread => thread.Join());
        int logged = logging.Points.Count;
        logging.Provider.Counts.Should().Match<TelemetryCounts>(counts =>
            counts.Events == 6000 && counts.Added == 36000 && counts.Logged == logged && counts.Dropped == 36000 - logged && counts.Pending == 0);
    }

    private sealed class Throwing : IReadOnlyList<KeyValuePair<string, object?>>
    {
        public int Count => 1;

        public KeyValuePair<string, object?> this[int index] => throw new InvalidOperationException("a field");

        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => throw new InvalidOperationException("a field");

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    private sealed class Mute
    {
        public override string ToString() => throw new InvalidOperationException("no text");
    }

    private sealed class BlockingServices : IServiceProvider, IDisposable
    {
        private readonly ManualResetEventSlim _allowed = new();

        public Run Run { get; } = Run.InMemory();

        public void Allow() => _allowed.Set();

        public object? GetService(Type serviceType)
        {
            if (serviceType != typeof(Run))
            {
                return null;
            }

            _allowed.Wait(_patience).Should().BeTrue();
            return Run;
        }

        public void Dispose()
        {
            Run.Dispose();
            _allowed.Dispose();
        }
    }

    private sealed class Lines : ILoggerProvider
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public IReadOnlyList<string> All => [.. _lines];

        public ILogger CreateLogger(string categoryName) => new Line(_lines);

        public void Dispose()
        {
        }

        private sealed class Line(ConcurrentQueue<string> lines) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(
                LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
                lines.Enqueue(formatter(state, exception));
        }
    }
}
