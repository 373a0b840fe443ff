using Metrana.Native.Tests.Support;
using Metrana.Server;

namespace Metrana.Native.Tests;

/// <summary>What is logged is what the server has: values, steps, timestamps, names.</summary>
public sealed class LogStdFloatsTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly LocalServer _server = fixture.Server;

    [Fact]
    public async Task A_value_a_call_and_steps_count_themselves()
    {
        using Logger logger = new(Runs.Config(_server));
        long before = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

        for (int i = 0; i < 5; i++)
        {
            logger.LogStdFloats("loss", Scale.MlStep, i / 2.0);
        }

        logger.Flush();
        StoredPoints points = await _server.PointsAsync(logger.RunIdHex, "loss");
        points.Values.Should().Equal(0, 0.5, 1, 1.5, 2);
        points.Steps.Should().Equal(0, 1, 2, 3, 4);
        points.TimestampsMillis.Should().OnlyContain(
            millis => millis >= before - 1 && millis <= DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        StoredSeries series = await _server.SeriesAsync(logger.RunIdHex, "loss");
        series.Scale.Should().Be("ML_STEP");
        series.Ordering.Should().Be(SeriesOrdering.AbsoluteOrdered);
    }

    [Fact]
    public async Task Every_bit_of_a_double_arrives()
    {
        double[] values =
        [
            double.NaN, double.PositiveInfinity, double.NegativeInfinity, -0.0, double.Epsilon, double.MaxValue, 1.0 / 3,
        ];
        using Logger logger = new(Runs.Config(_server));

        logger.LogStdFloats("odd", Scale.MlStep, values);

        logger.Flush();
        StoredPoints points = await _server.PointsAsync(logger.RunIdHex, "odd");
        points.Values.Select(BitConverter.DoubleToInt64Bits).Should().Equal(values.Select(BitConverter.DoubleToInt64Bits));
    }

    [Fact]
    public async Task Floats_go_at_their_own_precision_and_whole_numbers_in_brackets_are_doubles()
    {
        using Logger logger = new(Runs.Config(_server));
        float[] single = [0.1f, float.MaxValue];

        logger.LogStdFloats("single", Scale.MlStep, single);
        logger.LogStdFloats("brackets", Scale.MlStep, [1, 2, 16_777_217]);

        logger.Flush();
        (await _server.PointsAsync(logger.RunIdHex, "single")).Values.Should().Equal(0.1f, float.MaxValue);

        // The last one has no float: had the float overload been chosen, it would be 16,777,216.
        (await _server.PointsAsync(logger.RunIdHex, "brackets")).Values.Should().Equal(1, 2, 16_777_217);
    }

    [Fact]
    public async Task Steps_are_counted_on_begun_anew_or_given()
    {
        using Logger logger = new(Runs.Config(_server));
        ReadOnlySpan<long> span = [70, 80];

        logger.LogStdFloats("m", Scale.MlStep, [0, 0], steps: Steps.From(10));
        logger.LogStdFloats("m", Scale.MlStep, [0, 0]);
        logger.LogStdFloats("m", Scale.MlStep, 0, steps: 20);
        logger.LogStdFloats("m", Scale.MlStep, [0, 0], steps: [30, 40]);
        logger.LogStdFloats("m", Scale.MlStep, [0, 0], steps: new long[] { 50, 60 });
        logger.LogStdFloats("m", Scale.MlStep, [0, 0], steps: span);
        logger.LogStdFloats("m", Scale.MlStep, 0, steps: Steps.Auto);
        logger.LogStdFloats("m", Scale.MlStep, 0, steps: long.MaxValue);

        logger.GetSeriesLastStep("m", Scale.MlStep).Should().Be(long.MaxValue);
        logger.Flush();
        (await _server.PointsAsync(logger.RunIdHex, "m")).Steps
            .Should().Equal(10, 11, 12, 13, 20, 30, 40, 50, 60, 70, 80, 81, long.MaxValue);
    }

    [Fact]
    public async Task Timestamps_are_one_for_all_or_one_each()
    {
        using Logger logger = new(Runs.Config(_server));
        DateTimeOffset moment = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.FromHours(2));
        ReadOnlySpan<long> span = [7, 8];

        logger.LogStdFloats("m", Scale.MlStep, [0, 0], timestamps: Timestamps.At(-5));
        logger.LogStdFloats("m", Scale.MlStep, 0, timestamps: moment);
        logger.LogStdFloats("m", Scale.MlStep, [0, 0], timestamps: [3, long.MaxValue]);
        logger.LogStdFloats("m", Scale.MlStep, [0, 0], timestamps: new long[] { 5, 6 });
        logger.LogStdFloats("m", Scale.MlStep, [0, 0], timestamps: span);

        logger.Flush();
        (await _server.PointsAsync(logger.RunIdHex, "m")).TimestampsMillis
            .Should().Equal(-5, -5, moment.ToUnixTimeMilliseconds(), 3, long.MaxValue, 5, 6, 7, 8);
    }

    [Fact]
    public async Task Labels_tell_series_apart_however_they_are_given()
    {
        using Logger logger = new(Runs.Config(_server));
        Labels kept = new(("gpu", "1"), ("größe", "日本"));
        Dictionary<string, string> dictionary = new() { ["gpu"] = "2" };
        (string, string)[] pairs = [("gpu", "3")];

        logger.LogStdFloats("m", Scale.MlStep, 1, labels: kept);
        logger.LogStdFloats("m", Scale.MlStep, 2, labels: kept);
        logger.LogStdFloats("n", Scale.MlStep, 3, labels: [("gpu", "0")]);
        logger.LogStdFloats("n", Scale.MlStep, 4, labels: dictionary);
        logger.LogStdFloats("n", Scale.MlStep, 5, labels: pairs);
        logger.LogStdFloats("n", Scale.MlStep, 6, labels: new Labels(dictionary));
        logger.LogStdFloats("n", Scale.MlStep, 7, labels: [("gpu", "lost"), ("gpu", "3")]);
        logger.LogStdFloats("o", Scale.MlStep, 8, labels: Labels.None);
        logger.LogStdFloats("o", Scale.MlStep, 9, labels: (Labels?)null);
        logger.LogStdFloats("o", Scale.MlStep, 10, labels: []);

        logger.Flush();
        (await _server.PointsAsync(logger.RunIdHex, "m", new() { ["gpu"] = "1", ["größe"] = "日本" })).Values.Should().Equal(1, 2);
        (await _server.PointsAsync(logger.RunIdHex, "n", new() { ["gpu"] = "0" })).Values.Should().Equal(3);
        (await _server.PointsAsync(logger.RunIdHex, "n", new() { ["gpu"] = "2" })).Values.Should().Equal(4, 6);
        (await _server.PointsAsync(logger.RunIdHex, "n", new() { ["gpu"] = "3" })).Values.Should().Equal(5, 7);
        (await _server.PointsAsync(logger.RunIdHex, "o")).Values.Should().Equal(8, 9, 10);
        logger.GetSeriesLastStep("n", Scale.MlStep, [("gpu", "2")]).Should().Be(1);
        logger.GetSeriesLastStep("m", Scale.MlStep, kept).Should().Be(1);
        logger.GetSeriesLastStep("m", Scale.MlStep).Should().BeNull();
    }

    [Fact]
    public async Task Names_too_long_for_the_stack_arrive_as_well()
    {
        using Logger logger = new(Runs.Config(_server));
        string metric = new('ß', 128);
        Dictionary<string, string> labels = Enumerable.Range(0, 8).ToDictionary(i => $"{i}" + new string('k', 63), i => $"{i}" + new string('v', 63));

        logger.LogStdFloats(metric, new string('s', 64), 1, labels: new Labels(labels));
        logger.LogStdFloats(metric, new Scale(new string('s', 64)), 2, labels: labels);

        logger.Flush();
        (await _server.PointsAsync(logger.RunIdHex, metric, labels)).Values.Should().Equal(1, 2);
    }

    [Fact]
    public async Task The_empty_scale_is_a_scale()
    {
        using Logger logger = new(Runs.Config(_server));

        logger.LogStdFloats("m", default, 1);
        logger.LogStdFloats("m", "", 2);

        logger.Flush();
        (await _server.SeriesAsync(logger.RunIdHex, "m")).Scale.Should().BeEmpty();
        (await _server.PointsAsync(logger.RunIdHex, "m")).Values.Should().Equal(1, 2);
    }

    [Fact]
    public void No_points_are_no_points()
    {
        using Logger logger = new(Runs.Config(_server));

        logger.LogStdFloats("m", Scale.MlStep, ReadOnlySpan<double>.Empty);
        logger.LogStdFloats("m", Scale.MlStep, ReadOnlySpan<float>.Empty, steps: ReadOnlySpan<long>.Empty);

        logger.GetMetrics().FloatPoints.Added.Should().Be(0);
        logger.GetSeriesLastStep("m", Scale.MlStep).Should().BeNull();
    }

    [Fact]
    public void A_negative_step_is_refused_by_its_value_and_its_place()
    {
        using Logger logger = new(Runs.Config(_server));
        long[] steps = [0, 1, -7, -8];

        logger.Invoking(l => l.LogStdFloats("m", Scale.MlStep, [1, 2, 3, 4], steps: steps))
            .Should().Throw<ArgumentOutOfRangeException>().WithMessage("*index 2 is -7; it cannot be negative*")
            .Which.ActualValue.Should().Be(-7L);
        logger.Invoking(l => l.LogStdFloats("m", Scale.MlStep, 1, steps: -1)).Should().Throw<ArgumentOutOfRangeException>();
        logger.GetMetrics().FloatPoints.Added.Should().Be(0);
    }

    [Fact]
    public void What_dotnet_would_catch_stays_dotnets_own()
    {
        using Logger logger = new(Runs.Config(_server));

        logger.Invoking(l => l.LogStdFloats(null!, Scale.MlStep, 1)).Should().Throw<ArgumentNullException>().WithParameterName("metric");
        logger.Invoking(l => l.LogStdFloats("m", (string)null!, 1)).Should().Throw<ArgumentNullException>();
        logger.Invoking(l => l.LogStdFloats("m", Scale.MlStep, 1, labels: [("k", null!)])).Should().Throw<ArgumentNullException>().WithParameterName("labels");
        logger.Invoking(l => l.LogStdFloats("half \udc00", Scale.MlStep, 1)).Should().Throw<ArgumentException>()
            .WithParameterName("metric").WithMessage("*index 5*");
        FluentActions.Invoking(() => new Labels(("k", "\ud800"))).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => new Scale("\ud800")).Should().Throw<ArgumentException>();
        logger.GetMetrics().FloatPoints.Added.Should().Be(0);
    }

    [Fact]
    public void A_call_that_breaks_a_rule_changes_nothing()
    {
        using Logger logger = new(Runs.Config(_server));

        logger.Invoking(l => l.LogStdFloats("two words", Scale.MlStep, 1)).Should().Throw<MetricValidationException>()
            .WithMessage("invalid metric name: the name contains whitespace*").Which.StatusCode.Should().Be(MetranaStatus.Validation);
        logger.Invoking(l => l.LogStdFloats("m", Scale.MlStep, [1, 2], steps: new long[1])).Should().Throw<MetricValidationException>()
            .WithMessage("invalid points: 2 values came with 1 step: give one step for each value, or Steps.From(first)");
        logger.Invoking(l => l.LogStdFloats("m", Scale.MlStep, [1, 2], steps: long.MaxValue)).Should().Throw<MetricValidationException>();
        logger.Invoking(l => l.LogStdFloats("m", Scale.MlStep, 1, labels: [.. Enumerable.Range(0, 9).Select(i => ($"k{i}", "v"))]))
            .Should().Throw<MetricValidationException>().WithMessage("*9 labels*");

        logger.GetSeriesLastStep("m", Scale.MlStep).Should().BeNull();
        logger.GetMetrics().FloatPoints.Should().Be(default(KindMetrics));
    }

    [Fact]
    public async Task A_large_column_arrives_whole()
    {
        using Logger logger = new(Runs.Config(_server));
        double[] column = [.. Enumerable.Range(0, 300_000).Select(i => i * 0.25)];

        logger.LogStdFloats("column", Scale.MlStep, column);

        logger.Flush();
        StoredPoints points = await _server.PointsAsync(logger.RunIdHex, "column");
        points.Values.Should().Equal(column);
        points.Steps.Should().Equal(Enumerable.Range(0, column.Length).Select(i => (long)i));
    }
}
