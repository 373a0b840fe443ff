using System.Text.Json.Serialization;
using FluentAssertions;
using Metrana.Server;
using Metrana.Tool.Tests.Support;
using Parquet.Serialization;
using Parquet.Serialization.Attributes;
using Xunit;

namespace Metrana.Tool.Tests;

/// <summary>Files with the columns that neptune-exporter writes.</summary>
public sealed class NeptuneTests(EmptyServer empty) : IClassFixture<EmptyServer>
{
    private static readonly DateTime _at = new(2025, 11, 24, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public async Task A_folder_of_parts_becomes_its_runs()
    {
        await WriteAsync("exports/team_walker/RUN-1_part_0.parquet", [
            new("RUN-1", "config/lr", "float") { FloatValue = 3e-4 },
            new("RUN-1", "config/layers", "int") { IntValue = 3 },
            new("RUN-1", "config/name", "string") { StringValue = "größe" },
            new("RUN-1", "config/fast", "bool") { BoolValue = true },
            new("RUN-1", "sys/creation_time", "datetime") { DatetimeValue = _at },
            new("RUN-1", "sys/tags", "string_set") { StringSetValue = ["good", "ppo"] },
            new("RUN-1", "sys/description", "string") { StringValue = "what for" },
            new("RUN-1", "source/code", "file"),
            Point("RUN-1", "metrics/loss", 0, 1.5),
            Point("RUN-1", "metrics/loss", 1, double.NaN),
            new("RUN-1", "monitoring/log", "string_series") { Step = 0, Timestamp = _at, StringValue = "a line" },
        ]);
        await WriteAsync("exports/team_walker/RUN-1_part_10.parquet", [Point("RUN-1", "metrics/loss", 3, 0.25)]);
        await WriteAsync("exports/team_walker/RUN-1_part_2.parquet", [
            Point("RUN-1", "metrics/loss", 2, double.PositiveInfinity),
            new("RUN-1", "layers/weights", "histogram_series")
            {
                Step = 5,
                Timestamp = _at,
                HistogramValue = new() { Type = "COUNTING", Edges = [0, 1, 2], Values = [3, 4] },
            },
            new("RUN-1", "layers/density", "histogram_series")
            {
                Step = 5,
                Timestamp = _at,
                HistogramValue = new() { Type = "DENSITY", Edges = [0, 1, 2], Values = [0.25, 0.75] },
            },
        ]);
        await WriteAsync("exports/team_walker/RUN-2_part_0.parquet", [Point("RUN-2", "metrics/loss", 7, 9)]);

        var result = await empty.Tool().RunAsync("import", empty.Place("exports"));

        result.Code.Should().Be(0, result.Error);
        result.Error.Should().Contain("Left out: 1 of file, 1 of histogram_series, 1 of string_series.");
        (await empty.Tool().RunAsync("get", "walker/RUN-1", "metrics/loss")).Rows.Should().BeEquivalentTo(
            (string[][])[["0", "2025-11-24T12:00:00.000Z", "1.5"], ["1", "2025-11-24T12:00:01.000Z", "NaN"], ["2", "2025-11-24T12:00:02.000Z", "Infinity"], ["3", "2025-11-24T12:00:03.000Z", "0.25"]]);
        (await empty.Tool().RunAsync("get", "walker/RUN-2", "metrics/loss")).Rows.Select(row => row[2]).Should().Equal("9");
        var run = (await empty.Server.FindRunAsync("RUN-1", "local", "walker"))!;
        run.Tags.Should().BeEquivalentTo("good", "ppo");
        var attributes = await empty.Server.GetAttributesAsync(run.RunId);
        attributes.Should().ContainKeys("config/lr", "config/layers", "config/name", "config/fast", "neptune/creation_time", "sys/description");
        var shown = (await empty.Tool().RunAsync("show", "walker/RUN-1", "--all", "--json")).Json.GetProperty("attributes");
        (shown.GetProperty("config/lr").GetDouble(), shown.GetProperty("config/layers").GetInt64(), shown.GetProperty("config/name").GetString(), shown.GetProperty("config/fast").GetBoolean())
            .Should().Be((3e-4, 3L, "größe", true));
        var weights = (await empty.Server.GetSeriesAsync(run.RunId)).Single(series => series.Metric == "layers/weights");
        var histogram = (await empty.Server.GetHistogramsAsync(run.RunId, weights.Id)).Single();
        (histogram.Step, histogram.TimestampMillis).Should().Be((5L, new DateTimeOffset(_at).ToUnixTimeMilliseconds()));
        histogram.BinEdges.Should().Equal(0, 1, 2);
        histogram.Counts!.Select(count => (long)count).Should().Equal(3L, 4L);
    }

    [Fact]
    public async Task Steps_that_are_no_whole_numbers_need_a_multiplier()
    {
        var file = await WriteAsync("half.parquet", [Point("RUN-3", "loss", 0.5m, 1), Point("RUN-3", "loss", 1, 2)]);
        var refused = await empty.Tool().RunAsync("import", file);
        (refused.Code, refused.Error.Contains("the step 0.5", StringComparison.Ordinal), refused.Error.Contains("--step-multiplier", StringComparison.Ordinal))
            .Should().Be((2, true, true));
        (await empty.Tool().RunAsync("import", file, "--step-multiplier", "0")).Code.Should().Be(2);

        (await empty.Tool().RunAsync("import", file, "--step-multiplier", "10")).Code.Should().Be(0);

        (await empty.Tool().RunAsync("get", "walker/RUN-3", "loss")).Rows.Select(row => (row[0], row[2])).Should().Equal(("5", "1"), ("10", "2"));
    }

    [Fact]
    public async Task Projects_of_one_name_are_not_thrown_together()
    {
        await WriteAsync("two/a.parquet", [Point("RUN-1", "loss", 0, 1) with { ProjectId = "one/same" }]);
        await WriteAsync("two/b.parquet", [Point("RUN-1", "loss", 0, 1) with { ProjectId = "other/same" }]);

        var result = await empty.Tool().RunAsync("import", empty.Place("two"));

        (result.Code, result.Error.Contains("'one/same' and 'other/same'", StringComparison.Ordinal)).Should().Be((2, true));
    }

    [Fact]
    public async Task Other_tables_are_refused_with_their_columns()
    {
        var file = empty.File("other.parquet", []);
        await using (var stream = File.OpenWrite(file))
        {
            await ParquetSerializer.SerializeAsync((IEnumerable<Other>)[new() { Apples = 1 }], stream);
        }

        var result = await empty.Tool().RunAsync("import", file);

        (result.Code, result.Error.Contains("its columns are Apples", StringComparison.Ordinal)).Should().Be((2, true));
    }

    private static Row Point(string run, string path, decimal step, double value) =>
        new(run, path, "float_series") { Step = step, Timestamp = _at.AddSeconds((double)step), FloatValue = value };

    private async Task<string> WriteAsync(string name, IReadOnlyCollection<Row> rows)
    {
        var file = empty.File(name, []);
        await using var stream = File.OpenWrite(file);
        await ParquetSerializer.SerializeAsync(rows, stream);
        return file;
    }

    private sealed class Other
    {
        public int Apples { get; set; }
    }

    private sealed record Row(
        [property: JsonPropertyName("run_id")] string RunId,
        [property: JsonPropertyName("attribute_path")] string AttributePath,
        [property: JsonPropertyName("attribute_type")] string AttributeType)
    {
        [JsonPropertyName("project_id")]
        public string ProjectId { get; init; } = "team/walker";

        [JsonPropertyName("step")]
        [ParquetDecimal(18, 6)]
        public decimal? Step { get; init; }

        [JsonPropertyName("timestamp")]
        [ParquetTimestamp(ParquetTimestampResolution.Milliseconds)]
        public DateTime? Timestamp { get; init; }

        [JsonPropertyName("int_value")]
        public long? IntValue { get; init; }

        [JsonPropertyName("float_value")]
        public double? FloatValue { get; init; }

        [JsonPropertyName("string_value")]
        public string? StringValue { get; init; }

        [JsonPropertyName("bool_value")]
        public bool? BoolValue { get; init; }

        [JsonPropertyName("datetime_value")]
        [ParquetTimestamp(ParquetTimestampResolution.Milliseconds)]
        public DateTime? DatetimeValue { get; init; }

        [JsonPropertyName("string_set_value")]
        public List<string>? StringSetValue { get; init; }

        [JsonPropertyName("histogram_value")]
        public Histogram? HistogramValue { get; init; }
    }

    private sealed class Histogram
    {
        [JsonPropertyName("type")]
        public string? Type { get; set; }

        [JsonPropertyName("edges")]
        public List<double>? Edges { get; set; }

        [JsonPropertyName("values")]
        public List<double>? Values { get; set; }
    }
}
