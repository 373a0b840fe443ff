namespace Metrana.Tests;

/// <summary>Somebody sets the clock of the machine while a run goes on: points carry what it says, and nothing else depends on it.</summary>
public class ClockJumpTests
{
    [Fact]
    public void A_clock_that_is_set_back_or_on_changes_no_step_and_no_order()
    {
        WallClock clock = new();
        using Run run = Run.InMemory(clock);
        Series loss = run.Series("loss");
        TimeSpan[] jumps = [TimeSpan.FromHours(-1), TimeSpan.FromDays(365), TimeSpan.FromDays(-20_000), TimeSpan.FromMilliseconds(5)];
        List<DateTimeOffset> shown = [];

        for (int i = 0; i < jumps.Length; i++)
        {
            shown.Add(clock.Now);
            loss.Log(i);
            run.LogEpisode("return", i, rlStep: i, episode: i, environment: "env-0");
            clock.Now += jumps[i];
        }

        IReadOnlyList<LoggedPoint> points = run.Recording.Of("loss");
        points.Select(point => point.Step).Should().Equal(0, 1, 2, 3);
        points.Select(point => point.Value).Should().Equal(0, 1, 2, 3);
        points.Select(point => point.Timestamp).Should().Equal(shown);
        run.Recording.Of("return").Select(point => (point.RlStep, point.Step)).Should().Equal((0, 0), (1, 1), (2, 2), (3, 3));
        run.GetLastStep("loss").Should().Be(3);
    }

    [Fact]
    public void What_is_said_seldom_keeps_to_the_clock_that_only_goes_forward()
    {
        WallClock clock = new();
        SaidSeldom warnings = new(clock);
        warnings.IsDue.Should().BeTrue();
        warnings.Said();

        clock.Now += TimeSpan.FromDays(1);
        warnings.IsDue.Should().BeFalse("no minute has passed");
        clock.Now -= TimeSpan.FromDays(2);
        clock.Passed += TimeSpan.FromMinutes(2);
        warnings.IsDue.Should().BeTrue("two minutes have passed, whatever the wall says");
    }

    /// <summary>A wall clock that a test sets, beside a stopwatch that only goes forward.</summary>
    private sealed class WallClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_000);

        public TimeSpan Passed { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => Now;

        public override long GetTimestamp() => Passed.Ticks;
    }
}
