using System.Text.Json;
using System.Text.Json.Nodes;
using Benchmarks.Measuring;
using Benchmarks.Modes;
using Benchmarks.Results;
using Benchmarks.Serving;
using Benchmarks.Workloads;
using FluentAssertions;
using Metrana.Server;
using Xunit;

namespace Benchmarks.Tests;

/// <summary>Each mode once, as small as it can be, against a server: it ends, and everything arrived. How fast is nobody's business here.</summary>
public sealed class ModeTests
{
    private static readonly string[] _figures =
    [
        "enqueue_s", "enqueue_cpu_s", "drain_lag_s", "cpu_s", "cpu_ns_per_point", "points_per_s", "peak_rss_mib", "steady_rss_mib",
        "wire_bytes_per_point", "managed_bytes", "gc_count",
    ];

    [Theory]
    [InlineData(true, false, false)]
    [InlineData(true, true, true)]
    [InlineData(false, false, true)]
    [InlineData(false, true, false)]
    public async Task A_burst_has_every_key_and_every_point(bool vector, bool handles, bool floats)
    {
        RlShape shape = new() { Envs = 3, Metrics = 2, Points = 5, Vector = vector, Handles = handles, Single = floats };
        JsonObject result = await new RlBurstMode { Shape = shape, Bursts = 3, Warmup = 1 }.RunAsync();

        foreach (string figure in _figures)
        {
            MinMedianMax value = result[figure].Deserialize<MinMedianMax>(ResultJson.Options);
            value.Min.Should().BeInRange(0, value.Median, figure);
            value.Max.Should().BeGreaterThanOrEqualTo(value.Median, figure);
        }

        result["verified"]!.GetValue<string>().Should().Be("server");
        result["points_per_burst"]!.GetValue<long>().Should().Be(30);
        JsonNode counters = result["counters"]!["rl_float_points"]!;
        counters["added"]!.GetValue<long>().Should().Be(4 * 30);
        counters["sent"]!.GetValue<long>().Should().Be(4 * 30);
        result["wire_bytes_per_point"].Deserialize<MinMedianMax>(ResultJson.Options).Min.Should().BeGreaterThan(floats ? 4 : 8);
    }

    [Fact]
    public async Task Everything_that_callers_leave_to_others_arrives()
    {
        JsonObject result = await new CallersMode { Rounds = 1 }.RunAsync();
        foreach (string caller in new[] { "event", "run", "run_mirrored", "syvain_metric" })
        {
            result[caller]!["call_ns"].Deserialize<MinMedianMax>(ResultJson.Options).Min.Should().BePositive(caller);
        }
    }

    [Fact]
    public async Task A_dead_mirror_takes_nothing_from_the_others()
    {
        DeadMirrorMode mode = new() { Seconds = 5, Rate = 100, QueueBytes = 256 << 10 };
        JsonObject result = await mode.RunAsync();
        foreach (string phase in new[] { "before", "beside", "after" })
        {
            result[phase]!["points"]!.GetValue<long>().Should().Be(5 * 100 * 100);
            result[phase]!["call_us"].Deserialize<MinMedianMax>(ResultJson.Options).Min.Should().BeGreaterThan(0);
        }

        result["beside"]!["dropped"]!.GetValue<long>().Should().BeGreaterThanOrEqualTo(5 * 100 * 100, "nobody took them");

        // A value is one of eight bytes with a step and a time, and its queue has 256 KiB, where 1.2 MB come.
        result["beside"]!["most_pending"]!.GetValue<long>().Should().BeInRange(1, mode.QueueBytes / (3 * sizeof(double)));
    }

    [Fact]
    public void A_dead_mirror_that_costs_too_much_is_told_by_the_exit_code()
    {
        DeadMirrorMode.Phase alone = new(1, new MinMedianMax(1, 10, 99), CallUsOf99: 50, MemoryMib: 90, MostMemoryMib: 100, MostPending: 0, Dropped: 0);
        Past(alone with { CallUs = new MinMedianMax(1, 15, 999), CallUsOf99 = 100, MostMemoryMib = 148 }).Should().BeEmpty("all of it is within bounds");
        Past(alone with { MostMemoryMib = 149 }).Should().ContainSingle().Which.Should().Contain("memory").And.Contain("33");
        Past(alone with { CallUs = new MinMedianMax(1, 16, 99) }).Should().ContainSingle().Which.Should().Contain("median").And.Contain("1.6");
        Past(alone with { CallUsOf99 = 101 }).Should().ContainSingle().Which.Should().Contain("99th").And.Contain("2.02");
        Past(alone with { CallUsOf99 = double.NaN }).Should().ContainSingle("what is no number passes nothing");

        IReadOnlyList<string> Past(DeadMirrorMode.Phase beside) =>
            DeadMirrorMode.PastBounds(alone with { CallUsOf99 = 20 }, beside, alone, queueBytes: 16 << 20);
    }

    [Fact]
    public async Task Anothers_server_is_believed_its_acknowledgements_only()
    {
        await using LocalServer server = await LocalServer.StartAsync();
        TargetOptions target = new() { Endpoint = server.Endpoint, Run = "foreign" };
        JsonObject result = await new RlBurstMode { Target = target, Shape = new RlShape { Envs = 2, Points = 2 }, Bursts = 2 }.RunAsync();
        result["verified"]!.GetValue<string>().Should().Be("counters");
        (await server.FindRunAsync("foreign"))!.Points.Should().Be(4 * 2 * 2 * 16);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(3, false)]
    public async Task Single_values_from_one_or_several_threads(int threads, bool handles)
    {
        ScalarShape shape = new() { Metrics = 2, Steps = 10, Threads = threads, Handles = handles, Labels = 3 };
        JsonObject result = await new ScalarLoopMode { Shape = shape, Rounds = 2, Warmup = 1 }.RunAsync();
        result["counters"]!["float_points"]!["sent"]!.GetValue<long>().Should().Be(3 * 20 * threads);
    }

    [Fact]
    public async Task Memory_in_an_outage_is_accounted_for()
    {
        MemoryMode mode = new()
        {
            Target = new TargetOptions { QueueBytes = 1 << 20 },
            Shape = new RlShape { Envs = 2, Metrics = 2, Points = 10 },
            Bursts = 2,
            OutageSecs = 0.1,
        };
        JsonObject result = await mode.RunAsync();
        JsonNode outage = result["outage"]!;
        outage["refused_calls"]!.GetValue<int>().Should().BePositive();
        outage["pending_mib"]!.GetValue<double>().Should().BeInRange(0.5, 1);
        result["counters"]!["float_points"]!["sent"]!.GetValue<long>().Should().Be(outage["accepted_points"]!.GetValue<long>());
    }

    [Fact]
    public async Task The_handles_of_the_client_are_measured_beside_the_engines_own()
    {
        JsonObject result = await new ClientMode { Rounds = 1, Calls = 50 }.RunAsync();
        foreach (string handle in (string[])["series", "rl_series", "time"])
        {
            result[handle]!["client_ns"].Deserialize<MinMedianMax>(ResultJson.Options).Min.Should().BePositive(handle);
            result[handle]!["engine_ns"].Deserialize<MinMedianMax>(ResultJson.Options).Min.Should().BePositive(handle);
        }
    }

    [Fact]
    public void Floors_are_more_than_nothing()
    {
        JsonObject result = new FloorsMode { Rounds = 1 }.Run();
        foreach (string figure in (string[])["managed_call_ns", "empty_pinvoke_ns", "lock_push_ns"])
        {
            result[figure].Deserialize<MinMedianMax>(ResultJson.Options).Min.Should().BePositive(figure);
        }

        result["copy_ns"]!["80000"].Deserialize<MinMedianMax>(ResultJson.Options).Min.Should().BePositive();
        result["loopback_frames_1m"]!["cpu_ns_per_point"].Deserialize<MinMedianMax>(ResultJson.Options).Min.Should().BePositive();
    }
}
