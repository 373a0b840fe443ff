using Metrana.Native.Interop;
using Metrana.Native.Tests.Support;
using Metrana.Server;

namespace Metrana.Native.Tests;

/// <summary>What the engine refuses is told in the words of a C# program.</summary>
public sealed class WordingTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly LocalServer _server = fixture.Server;

    [Fact]
    public void No_message_of_a_refusal_names_what_only_the_engine_has()
    {
        using Logger logger = new(Runs.Config(_server));
        logger.LogStdFloats("declared", "S", 1, labels: [("a", "1")]);
        (Action Call, string Expected)[] refusals =
        [
            (() => logger.LogDistributedFloats("d", "S", 1.0, Steps.Auto), "it needs its steps: pass 'steps', Steps.From(first) or one for each value"),
            (() => logger.LogStdFloats("m", "S", [1, 2], steps: new long[1]), "2 values came with 1 step: give one step for each value, or Steps.From(first)"),
            (() => logger.LogStdFloats("m", "S", [1, 2], timestamps: Timestamps.Each([1])), "2 values came with 1 timestamp: give one for each value, or one for all"),
            (() => logger.LogStdFloats("two words", "S", 1), "invalid metric name: the name contains whitespace"),
            (() => logger.LogStdFloats("loss (train)", "S", 1), "invalid metric name: the name contains characters that are not allowed, ' ', '(' and ')': 'loss (train)'"),
            (() => logger.LogStdFloats("m", "S", 1, labels: [("a", "x=y&z")]), "label value for key 'a' contains characters that are not allowed, '=' and '&': 'x=y&z'"),
            (() => logger.LogRlFloats("m", "S", 1.0, 0, "a b/c"), "environment contains characters that are not allowed, ' ' and '/': 'a b/c'"),
            (() => logger.LogStdFloats("declared", "S", 1, labels: [("b", "1")]), "(declared/S): label keys [b] do not match the already-declared [a]; use the same keys, or another metric name"),
            (() => logger.LogStdFloats("crowded", "S", 1, labels: Nine()), "series carries 9 labels, exceeding the maximum of 8 (metric 'crowded')"),
            (() => logger.LogRlFloats("crowded", "S", 1, 0, "e", labels: Nine()), "exceeding the maximum of 8 (metric 'crowded')"),
            (() => logger.Series("handle", "S").Log([1, 2], steps: new long[1]), "2 values came with 1 step: give one step for each value, or Steps.From(first) (metric 'handle')"),
            (() => logger.LogRlFloats("r", "S", [1, 2, 3], 0, ["a", "b"]), "3 values do not fit 2 environments: pass 2 values, or 'width: n' and 2*n values, row by row. (metric 'r')"),
            (() => logger.LogRlFloats("r", "S", [1, 2, 3], 0, ["a", "b"], width: 2), "with a width of 2: pass 4 values. (metric 'r')"),
            (() => logger.RlSeries("handle", "S").Log([1, 2], 0, ["a", "b"], where: [true]), "'where' has 1 answer for 2 environments: give one for each of them. (metric 'handle')"),
            (() => logger.LogRlFloats("r", "S", 1.0, 0, "e", strategy: StepStrategy.AcrossRlSteps), "StepStrategy.AcrossRlSteps needs the environment steps"),
            (() => logger.LogRlFloats("r", "S", 1.0, 0, "e", steps: 1, strategy: StepStrategy.AcrossRlSteps, ordered: false), "StepStrategy.AcrossRlSteps needs an ordered series"),
            (() => logger.LogRlFloats("r", "S", 1.0, 0, "e", 0, steps: 1, strategy: StepStrategy.FromOne, ordered: false), "StepStrategy.FromOne needs an ordered series"),
            (() => logger.LogRlFloats("r", "S", 1.0, 0, "e", strategy: StepStrategy.FromOne), "StepStrategy.FromOne needs episodes: pass 'episodes'"),
            (() => logger.LogHistogram("h", "S", [0.0, 1.0], [1], 0, new HistogramStats { Min = 0, Max = 1, Sum = 1, SumOfSquares = -1 }), "SumOfSquares -1 is negative"),
            (() => logger.LogScatter("s", "S", [1], [2], 0, new AxisTitles { Z = "z" }), "AxisTitles.Z needs points in three dimensions"),
            (() => logger.LogScatter("s", "S", [1], [2], 0, new AxisTitles { X = "a\n" }), "AxisTitles.X"),
            (() => logger.LogScatter("s", "S", [1], [2], 0, new AxisTitles { Y = "a\n" }), "AxisTitles.Y"),
            (() => logger.LogScatter("s", "S", [1], [2], [3], 0, new AxisTitles { Z = "a\n" }), "AxisTitles.Z"),
        ];

        List<string> engine = [];
        foreach ((Action call, string expected) in refusals)
        {
            MetricValidationException refusal = call.Should().Throw<MetricValidationException>().Which;
            refusal.Message.Should().Contain(expected);
            Wording.EngineWords.Where(refusal.Message.Contains).Should().BeEmpty();
            engine.Add(refusal.EngineMessage);
        }

        Wording.EngineWords.Where(words => !engine.Any(message => message.Contains(words, StringComparison.Ordinal)))
            .Should().BeEmpty("each row of the table is about something that the engine says");
    }

    [Fact]
    public void What_is_negative_is_told_by_the_name_that_the_caller_wrote()
    {
        using Logger logger = new(Runs.Config(_server));
        foreach ((Action call, string parameter, string expected) in new (Action, string, string)[]
        {
            (() => logger.LogStdFloats("m", "S", 1.0, steps: -1), "steps", "The step is -1; it cannot be negative."),
            (() => logger.LogStdFloats("m", "S", 1.0, steps: Steps.From(-1)), "first", "The step is -1; it cannot be negative."),
            (() => logger.LogRlFloats("m", "S", 1.0, 0, "e", steps: -2), "steps", "The step is -2; it cannot be negative."),
            (() => logger.LogRlFloats("m", "S", 1.0, 0, "e", episodes: -3), "episodes", "The episode is -3; it cannot be negative."),
        })
        {
            ArgumentOutOfRangeException refusal = call.Should().Throw<ArgumentOutOfRangeException>().Which;
            refusal.ParamName.Should().Be(parameter);
            refusal.Message.Should().StartWith(expected);
        }
    }

    private static Labels Nine() => new(Enumerable.Range(0, 9).Select(number => KeyValuePair.Create($"k{number}", "v")));

    [Theory]
    [InlineData("0ns", "0 ms")]
    [InlineData("250µs", "0.25 ms")]
    [InlineData("100ms", "100 ms")]
    [InlineData("2.5s", "2.5 s")]
    public void A_duration_is_written_as_people_write_it(string rust, string ours) =>
        Wording.Of(MetranaStatus.FlushTimeout, $"flush did not complete within {rust}; the logger goes on")
            .Should().Be($"flush did not complete within {ours}; the logger goes on");

    [Theory]
    [InlineData(MetranaStatus.QueueFull, "no room in its 100 bytes for 50.5ms, nothing was logged", "no room in its 100 bytes for 50.5 ms, nothing was logged")]
    [InlineData(MetranaStatus.CloseTimeout, "close timeout of 15s reached", "close timeout of 15 s reached")]
    [InlineData(MetranaStatus.InitTimeout, "failed within 1.5s; no connection within 5s", "failed within 1.5 s; no connection within 5 s")]
    [InlineData(MetranaStatus.SenderStopped, "no acknowledgement for 60s with metric_name under way", "no acknowledgement for 60 s with metric_name under way")]
    [InlineData(MetranaStatus.Validation, "invalid metric name: the name 'for 5s'", "invalid metric name: the name 'for 5s'")]
    public void Durations_are_written_so_whatever_the_status_and_other_words_stay(MetranaStatus status, string rust, string ours) =>
        Wording.Of(status, rust).Should().Be(ours);

    [Fact]
    public void A_line_of_the_log_writes_durations_so_too() =>
        Wording.OfLine("trying again in 500ms, and for 29.5s in all").Should().Be("trying again in 500 ms, and for 29.5 s in all");
}
