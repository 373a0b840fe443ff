using System.Globalization;
using Metrana.Native.Tests.Support;
using Metrana.Server;

namespace Metrana.Native.Tests;

/// <summary>What the queue may hold bounds the memory of the process.</summary>
public class MemoryTests
{
    [Fact]
    public async Task Ten_million_points_against_a_stalled_server_cost_the_queue_and_that_one_call()
    {
        await using LocalServer server = await Runs.StartFaultyServerAsync();
        using Child child = Child.Play("column", server.Endpoint, "column");
        (await child.HearAsync()).Should().Be("ready");
        await server.Faults.StallAsync();

        await child.GoAsync();
        long[] numbers = [.. (await child.HearAsync()).Split(' ').Select(n => long.Parse(n, CultureInfo.InvariantCulture))];
        (long before, long peak, long queue, long call, long refused) = (numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]);

        refused.Should().Be(10, "nothing more fits into the queue while the server stalls");
        (peak - before).Should().BeLessThanOrEqualTo(queue + call);

        // And it was really there, all of it: it arrives when the server goes on.
        await server.Faults.ClearAsync();
        await child.GoAsync();
        (await child.HearAsync()).Should().Be("delivered");
        StoredRun run = await server.RunAsync("column");
        run.Points.Should().Be(10_000_000 + 100_000);
        (int exitCode, string errors) = await child.EndAsync();
        exitCode.Should().Be(0, errors);
    }
}
