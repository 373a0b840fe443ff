using Metrana.Tests.Support;

namespace Metrana.Extensions.Logging.Tests;

/// <summary>What an event leaves to the garbage collector.</summary>
public class AllocationTests
{
    /// <summary>The state of a LoggerMessage has its fields as objects: whoever reads the two numbers of one gets two of 24 bytes.</summary>
    private const long Boxes = 48;

    [Fact]
    public async Task An_event_of_a_LoggerMessage_allocates_nothing_of_ours()
    {
        using Logging logging = new();
        long least = long.MaxValue;

        // The compiler at run time makes the fast form of a method after some time only, and on a busy machine late.
        await Eventually.ShouldAsync(
            () =>
            {
                least = Math.Min(least, Allocation.OfOneCall(() => Events.Train(logging.Log, "TRAINER", 0.5, 100)));
                logging.Provider.Flush(TimeSpan.FromSeconds(30)).Should().BeTrue();
                return least <= Boxes;
            },
            "an event allocates nothing but what its own fields do",
            TimeSpan.FromMinutes(3));
        logging.Provider.Counts.Dropped.Should().Be(0);
    }

    [Fact]
    public void The_measure_itself_sees_an_allocation() => Allocation.OfOneCall(() => GC.KeepAlive(new object())).Should().BeGreaterThan(0);
}
