using Metrana.Tests.Support;

namespace Metrana.Tests;

/// <summary>What a run says of its counters while it goes on.</summary>
public sealed class DeliveryWatchTests : IDisposable
{
    private readonly ManualClock _clock = new();
    private readonly StringWriter _output = new();
    private RunDelivery _delivery;

    public void Dispose() => _output.Dispose();

    [Fact]
    public void Drops_are_told_once_a_minute_with_all_that_came_meanwhile()
    {
        using DeliveryWatch watch = Watch(tellsDrops: true);
        foreach (int second in Enumerable.Range(1, 90))
        {
            _delivery = new RunDelivery { Added = 10 * second, Dropped = 10 * second };
            _clock.Tick(TimeSpan.FromSeconds(1));
        }

        _output.ToString().Should().Contain("dropped 10 points (10 so far)").And.Contain("dropped 600 points (610 so far)");
        _output.ToString().Split("dropped ").Should().HaveCount(3);
    }

    [Fact]
    public void Whoever_wants_errors_to_be_silent_hears_of_no_drop_but_still_that_nothing_arrives()
    {
        using DeliveryWatch watch = Watch(tellsDrops: false);
        _delivery = new RunDelivery { Added = 20, Dropped = 10, Pending = 10 };
        for (int second = 0; second < 30; second++)
        {
            _clock.Tick(TimeSpan.FromSeconds(1));
        }

        _output.ToString().Should().NotContain("dropped").And.Contain("waiting in memory: 10 points");
    }

    private DeliveryWatch Watch(bool tellsDrops) =>
        new(() => _delivery, new RunConsole(new RunOptions { Project = "p", Name = "n", Output = _output }), tellsDrops, _clock);
}
