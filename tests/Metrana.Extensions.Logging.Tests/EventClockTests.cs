using Metrana.Extensions.Logging.Telemetry;

namespace Metrana.Extensions.Logging.Tests;

/// <summary>The time that events are given.</summary>
public class EventClockTests
{
    [Fact]
    public void A_clock_of_the_programs_own_is_read_for_each_event()
    {
        SetClock clock = new() { Milliseconds = 1_700_000_000_123 };
        EventClock events = new(clock);
        events.Now.Should().Be(1_700_000_000_123);
        clock.Milliseconds++;
        events.Now.Should().Be(1_700_000_000_124);
    }

    [Fact]
    public void The_systems_time_is_told_within_its_ticks()
    {
        // Of a system whose timer is coarse, and that may be busy between the two readings.
        EventClock events = new(TimeProvider.System);
        long before = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        long now = events.Now;
        now.Should().BeInRange(before - 60_000, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() + 60_000);
        events.Now.Should().BeGreaterThanOrEqualTo(now);
    }

    [Fact]
    public void Ticks_are_set_by_the_exact_time_once_a_second_and_do_not_tremble()
    {
        SetClock clock = new() { Milliseconds = 1_700_000_000_000 };
        long ticks = 5000;
        EventClock events = new(clock, () => ticks);
        events.Now.Should().Be(1_700_000_000_000);
        Pass(999, exact: 999 + 40).Should().Be(1_700_000_000_999, "the exact time is read once a second");
        Pass(1, exact: 1).Should().Be(1_700_000_001_000, "the exact time is 40 ms ahead, which a coarse timer explains");
        Pass(1000, exact: 1000 + 3_600_000).Should().Be(1_700_000_002_000 + 3_600_040, "the clock was set");
        Pass(10, exact: 10).Should().Be(1_700_000_002_010 + 3_600_040);

        long Pass(long milliseconds, long exact)
        {
            (ticks, clock.Milliseconds) = (ticks + milliseconds, clock.Milliseconds + exact);
            return events.Now;
        }
    }

    private sealed class SetClock : TimeProvider
    {
        public long Milliseconds { get; set; }

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(Milliseconds);
    }
}
