using System.Text.Json;
using FluentAssertions;
using Metrana.Tool.Tests.Support;
using Parquet;
using Parquet.Schema;
using Xunit;

namespace Metrana.Tool.Tests;

public sealed class ExportTests(RunsFixture runs) : IClassFixture<RunsFixture>
{
    private const int Numbers = (2 * RunsFixture.Steps) + 2 + (4 * RunsFixture.RlSteps);

    [Fact]
    public async Task Csv_has_a_line_for_each_number_and_says_what_it_leaves_out()
    {
        var result = await runs.Tool().RunAsync("export", "ppo-1");

        result.Code.Should().Be(0, result.Error);
        result.Lines[0].Should().Be("run,metric,scale,labels,environment,rl_step,episode,step,timestamp_millis,value");
        result.Lines.Should().HaveCount(1 + Numbers);
        result.Lines.Should().Contain($"walker/ppo-1,train/loss,ML_STEP,,,,,7,{1_700_000_000_007},0.125");
        result.Lines.Should().Contain(line => line.StartsWith("walker/ppo-1,eval/loss,ML_STEP,\"{\"\"split\"\":\"\"test\"\"}\",", StringComparison.Ordinal));
        result.Error.Should().Contain("1 series of histograms or scatters were left out");
    }

    [Fact]
    public async Task Parquet_has_the_same_numbers_in_columns()
    {
        var file = Path.Combine(runs.Data, "walker.parquet");
        (await runs.Tool().RunAsync("export", "ppo-1", "--out", file, "--metric", "train/loss", "--metric", "reward")).Code.Should().Be(0);

        await using var reader = await ParquetReader.CreateAsync(file);
        using var group = reader.OpenRowGroupReader(0);
        var rows = (int)group.RowCount;
        var (metrics, steps, values, rlSteps) = (new string[rows], new long[rows], new double[rows], new long?[rows]);
        await group.ReadAsync(Field("metric"), metrics.AsMemory()!);
        await group.ReadAsync<long>(Field("step"), steps.AsMemory());
        await group.ReadAsync<double>(Field("value"), values.AsMemory());
        await group.ReadAsync<long>(Field("rl_step"), rlSteps.AsMemory());

        (reader.RowGroupCount, rows).Should().Be((1, RunsFixture.Steps + (4 * RunsFixture.RlSteps)));
        for (var at = 0; at < rows; at++)
        {
            if (metrics[at] == "train/loss")
            {
                (values[at], rlSteps[at]).Should().Be((1.0 / (steps[at] + 1), null));
            }
        }

        rlSteps.Count(step => step is not null).Should().Be(4 * RunsFixture.RlSteps);

        DataField Field(string name) => reader.Schema.DataFields.Single(field => field.Name == name);
    }

    [Fact]
    public async Task A_file_that_is_there_is_not_replaced_unless_asked_and_no_half_file_is_left()
    {
        var file = Path.Combine(runs.Data, "once.jsonl");
        var first = await runs.Tool().RunAsync("export", "ppo-1", "ppo-2", "-o", file, "--json");
        first.Json.GetProperty("points").GetInt64().Should().Be(Numbers + 2);
        first.Json.GetProperty("format").GetString().Should().Be("jsonl");

        (await runs.Tool().RunAsync("export", "ppo-1", "-o", file)).Code.Should().Be(2);
        (await runs.Tool().RunAsync("export", "ppo-1", "-o", file, "--force", "-m", "train/loss")).Code.Should().Be(0);
        (await File.ReadAllLinesAsync(file)).Should().HaveCount(1 + RunsFixture.Steps);
        var missing = Path.Combine(runs.Data, "missing.csv");
        (await runs.Tool().RunAsync("export", "ppo-1", "-o", missing, "-m", "nothing")).Code.Should().Be(3);
        Directory.EnumerateFiles(runs.Data, "missing*").Should().BeEmpty();
        (await runs.Tool().RunAsync("export", "ppo-1", "--format", "parquet")).Code.Should().Be(2);
    }

    [Fact]
    public async Task Json_lines_hold_the_run_its_attributes_and_its_histograms()
    {
        var lines = (await runs.Tool().RunAsync("export", "ppo-1", "--format", "jsonl")).Lines.Select(line => JsonDocument.Parse(line).RootElement).ToList();

        lines[0].GetProperty("attributes").GetProperty("config/lr").GetDouble().Should().Be(3e-4);
        lines.Count(line => line.GetProperty("type").GetString() == "point").Should().Be(Numbers);
        lines.Single(line => line.GetProperty("type").GetString() == "histogram").GetProperty("counts").EnumerateArray()
            .Select(count => count.GetInt64()).Should().Equal(3, 4);
    }
}
