using System.Globalization;
using System.Reflection;
using Metrana.Native.Tests.Support;
using Metrana.Server;

namespace Metrana.Native.Tests;

/// <summary>The books as people read them: what is not 0, and nothing else.</summary>
public sealed class MetricsTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly LocalServer _server = fixture.Server;

    [Fact]
    public void Only_what_is_not_0_is_written()
    {
        Metrics metrics = default;
        metrics.ToString().Should().Be("{}");
        default(KindMetrics).ToString().Should().Be("{}");

        metrics = metrics with
        {
            FloatPoints = new KindMetrics { Added = 1_234_567, Refused = 7, Enqueued = 1_234_560, Sent = 1_234_560 },
            AttributeUpdates = new KindMetrics { Added = 1, Enqueued = 1, Pending = 1 },
            RequestsSent = 3,
            PendingBytes = 42,
        };
        metrics.FloatPoints.ToString().Should().Be("{Added=1234567, Refused=7, Enqueued=1234560, Sent=1234560}");
        metrics.ToString().Should().Be(
            "{FloatPoints={Added=1234567, Refused=7, Enqueued=1234560, Sent=1234560}, "
                + "AttributeUpdates={Added=1, Enqueued=1, Pending=1}, RequestsSent=3, PendingBytes=42}");
    }

    [Fact]
    public void None_is_forgotten()
    {
        KindMetrics kind = new() { Added = 1, Refused = 2, Enqueued = 3, Sent = 4, Dropped = 5, Spooled = 6, Pending = 7 };
        Metrics metrics = new()
        {
            FloatPoints = kind,
            RlFloatPoints = kind,
            HistogramPoints = kind,
            ScatterPoints = kind,
            AttributeUpdates = kind,
            EnvironmentAttributeUpdates = kind,
            ConnectionAttempts = 8,
            SendErrors = 9,
            RequestsSent = 10,
            ErrorsReported = 11,
            ErrorsEvicted = 12,
            BytesSent = 13,
            PendingBytes = 14,
            MisSteps = 15,
            Waits = 16,
            TimeWaited = TimeSpan.FromSeconds(17),
        };

        foreach ((object books, string text) in new (object, string)[] { (kind, $"{kind}"), (metrics, $"{metrics}") })
        {
            IEnumerable<string> counters = books.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Select(counter => $"{counter.Name}={counter.GetValue(books)}");
            text.Should().Be($"{{{string.Join(", ", counters)}}}");
        }
    }

    [Fact]
    public void The_kinds_add_up()
    {
        KindMetrics kind = new() { Added = 1, Refused = 2, Enqueued = 3, Sent = 4, Dropped = 5, Spooled = 6, Pending = 7 };
        Metrics metrics = new() { FloatPoints = kind, RlFloatPoints = kind, HistogramPoints = kind, ScatterPoints = kind, AttributeUpdates = kind, EnvironmentAttributeUpdates = kind };

        metrics.Total().Should().Be(new KindMetrics { Added = 6, Refused = 12, Enqueued = 18, Sent = 24, Dropped = 30, Spooled = 36, Pending = 42 });
    }

    [Fact]
    public void They_are_the_same_in_every_culture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo odd = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        odd.NumberFormat.NegativeSign = "minus ";
        try
        {
            CultureInfo.CurrentCulture = odd;

            // None is ever negative, but it is the one part of a whole number that a culture changes.
            new KindMetrics { Added = -1 }.ToString().Should().Be("{Added=-1}");
            new Metrics { BytesSent = -1 }.ToString().Should().Be("{BytesSent=-1}");
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void A_logger_tells_what_became_of_what_it_got()
    {
        using Logger logger = new(Runs.Config(_server));

        logger.LogStdFloats("loss", Scale.MlStep, [1, 2, 3]);
        logger.Flush();

        logger.GetMetrics().ToString().Should().StartWith("{FloatPoints={Added=3, Enqueued=3, Sent=3}, ").And.Contain("BytesSent=");
    }
}
