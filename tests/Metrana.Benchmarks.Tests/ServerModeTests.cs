using System.Text.Json;
using System.Text.Json.Nodes;
using Benchmarks.Database;
using Benchmarks.Measuring;
using Benchmarks.Modes;
using Benchmarks.Reporting;
using Benchmarks.Results;
using Benchmarks.Serving;
using Benchmarks.Workloads;
using FluentAssertions;
using Metrana.Native;
using Xunit;

namespace Benchmarks.Tests;

/// <summary>Each part once, as small as it can be: it ends, everything is there, and the report can tell of it.</summary>
public sealed class ServerModeTests
{
    private static readonly RlShape _shape = new() { Envs = 3, Metrics = 2, Points = 5, Handles = true };

    [Fact]
    public async Task Bursts_are_acknowledged_and_read_back()
    {
        JsonObject result = await OneAsync(ServerMode.Burst, new CommittedBursts { Shape = _shape, Bursts = 3, Warmup = 1 });
        result["points_per_s"].Deserialize<MinMedianMax>(ResultJson.Options).Min.Should().BePositive();
    }

    [Fact]
    public async Task A_steady_load_is_timed_call_by_call()
    {
        JsonObject result = await OneAsync(ServerMode.Sustained, new SteadyLoad { Shape = _shape, Rate = 0.003, Seconds = 0.5, Warmup = 10 });
        result["points"]!.GetValue<long>().Should().Be(1500);
        MinMedianMax acks = result["ack_s"].Deserialize<MinMedianMax>(ResultJson.Options);
        acks.Min.Should().BePositive();
        result["ack_p99_s"]!.GetValue<double>().Should().BeInRange(acks.Median, acks.Max);
        result["most_wal_bytes"]!.GetValue<long>().Should().BePositive();
        result["rss_mib"]!["end"]!.GetValue<double>().Should().BePositive();
    }

    [Fact]
    public async Task Every_data_set_has_its_bytes()
    {
        JsonObject result = await OneAsync(ServerMode.Disk, new DiskUse { Points = 30_000 });
        JsonObject sets = result["sets"]!.AsObject();
        sets.Select(set => set.Key).Should().Equal(DataSet.All.Select(set => set.Name));
        foreach ((string name, JsonNode? set) in sets)
        {
            set!["points"]!.GetValue<long>().Should().Be(30_000, name);
        }

        double random = sets[DataSet.Random]!["stored_bytes_per_point"]!.GetValue<double>();
        random.Should().BeInRange(5, 10, "there is nothing in them to pack");
        sets["rewards"]!["stored_bytes_per_point"]!.GetValue<double>().Should().BeLessThan(random / 2, "they are sealed");
    }

    [Fact]
    public async Task Answers_are_what_was_logged()
    {
        Reading part = new()
        {
            Points = 20_000,
            Buckets = 10,
            RawPoints = 7000,
            Map = new RlShape { Envs = 5, Metrics = 1, Points = 3 },
            RlSteps = 7,
            Rounds = 1,
        };
        JsonObject result = await OneAsync(ServerMode.Read, part);
        foreach (string answer in (string[])["buckets", "raw", "heat_map"])
        {
            result[answer]!["answer_bytes"]!.GetValue<long>().Should().BePositive(answer);
        }
    }

    [Fact]
    public async Task A_server_starts_on_what_it_had()
    {
        JsonObject result = await OneAsync(ServerMode.Start, new Starting { Shape = _shape, CallsPerRun = 4, Gib = 1e-6, Starts = 2 });
        result["first_answer_s"].Deserialize<MinMedianMax>(ResultJson.Options).Min.Should().BePositive();
    }

    [Theory]
    [InlineData(10, 5.0, true)]
    [InlineData(10, 5.1, false)]
    [InlineData(9, 5.0, false)]
    public void A_point_or_a_bit_too_few_is_seen(long count, double sum, bool isAll)
    {
        Action verify = () => Readback.Verify("loss", count, sum, new Total(10, 5, 5));
        if (isAll)
        {
            verify.Should().NotThrow();
        }
        else
        {
            verify.Should().Throw<NotDeliveredException>().WithMessage("*loss*");
        }
    }

    [Fact]
    public async Task A_series_with_other_points_is_seen()
    {
        await using Target target = await Target.OpenAsync(new TargetOptions());
        await using Logger logger = target.OpenLogger();
        logger.LogStdFloats("loss", Scale.MlStep, [1.0, 2.0]);
        await logger.CloseAsync();
        Func<double, Task> verify = last => Readback.VerifyAsync(
            target.Server!, logger.RunIdHex, new Dictionary<string, Total> { ["loss"] = Total.Of([1.0, last]) });
        await verify(2.0);
        await verify.Invoking(check => check(2.5)).Should().ThrowAsync<NotDeliveredException>();
    }

    [Fact]
    public async Task Other_parts_of_the_file_stay()
    {
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, """{"mode": "server", "read": {"kept": true}}""");
            await Mode(ServerMode.Burst, new CommittedBursts { Shape = _shape, Bursts = 1, Warmup = 0 }, file).RunAsync();
            JsonNode content = JsonNode.Parse(await File.ReadAllTextAsync(file))!;
            content["read"]!["kept"]!.GetValue<bool>().Should().BeTrue();
            content["burst"]!["points_per_burst"]!.GetValue<long>().Should().Be(30);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void What_was_not_measured_says_so() =>
        new ServerTable([]).Table().Should().Contain("not measured yet");

    /// <summary>Runs a part, and holds that it has a place in the report's table.</summary>
    private static async Task<JsonObject> OneAsync(string name, IDatabasePart part)
    {
        string folder = Directory.CreateTempSubdirectory("metrana-bench-test-").FullName;
        try
        {
            JsonObject content = await (Mode(name, part) with { Folder = folder }).RunAsync();
            Directory.EnumerateFileSystemEntries(folder).Should().BeEmpty("the data directories are removed");
            string written = ResultJson.Text(content);
            string table = new ServerTable(JsonNode.Parse(written)!.AsObject()).Table();
            table.Split('\n').Count(row => row.Contains("not measured yet", StringComparison.Ordinal))
                .Should().BeLessThan(new ServerTable([]).Table().Split('\n').Count(row => row.Contains("not measured yet", StringComparison.Ordinal)));
            return content[name]!.AsObject();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static ServerMode Mode(string name, IDatabasePart part, string? json = null) =>
        new() { Parts = new Dictionary<string, IDatabasePart> { [name] = part }, Json = json };
}
