using Benchmarks.Serving;
using FluentAssertions;
using Metrana.Native;
using Metrana.Server;
using Xunit;

namespace Benchmarks.Tests;

/// <summary>Nothing is measured that did not arrive: each way in which it may not have is seen.</summary>
public sealed class VerificationTests
{
    private static readonly KindMetrics _ten = new() { Added = 10, Enqueued = 10, Sent = 10 };

    [Fact]
    public void What_was_sent_is_what_was_logged() =>
        Verification.OfCounters(new Metrics { FloatPoints = _ten }, new Delivered(Points: 10)).Should().BeNull();

    [Fact]
    public void A_point_too_few_is_seen() =>
        Verification.OfCounters(new Metrics { FloatPoints = _ten }, new Delivered(Points: 11)).Should().NotBeNull();

    [Fact]
    public void Points_of_another_kind_are_seen() =>
        Verification.OfCounters(new Metrics { FloatPoints = _ten }, new Delivered(RlPoints: 10)).Should().NotBeNull();

    [Fact]
    public void A_refused_point_is_seen()
    {
        Metrics metrics = new() { FloatPoints = _ten with { Added = 11, Refused = 1 } };
        Verification.OfCounters(metrics, new Delivered(Points: 10)).Should().NotBeNull();
    }

    [Fact]
    public void A_lost_point_of_any_kind_is_seen()
    {
        Metrics metrics = new() { FloatPoints = _ten, ScatterPoints = new KindMetrics { Added = 1, Enqueued = 1, Dropped = 1 } };
        Verification.OfCounters(metrics, new Delivered(Points: 10)).Should().NotBeNull();
    }

    [Fact]
    public void Books_that_do_not_add_up_are_seen()
    {
        Metrics metrics = new() { FloatPoints = _ten with { Pending = 1 } };
        Verification.OfCounters(metrics, new Delivered(Points: 10)).Should().Contain("add up");
    }

    [Fact]
    public void The_server_has_to_hold_all_of_them_and_no_more()
    {
        ServerCounts held = new() { Points = 10, RlPoints = 20 };
        Verification.OfServer(held, new Delivered(10, 20)).Should().BeNull();
        Verification.OfServer(held, new Delivered(10, 21)).Should().NotBeNull();
        Verification.OfServer(held, new Delivered(9, 20)).Should().NotBeNull();
        Verification.OfServer(held with { IgnoredPoints = 1 }, new Delivered(10, 20)).Should().NotBeNull();
        Verification.OfServer(held with { UnknownSeriesPoints = 1 }, new Delivered(10, 20)).Should().NotBeNull();
    }
}
