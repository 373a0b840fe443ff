using Metrana.Native.Tests.Support;
using Metrana.Server;

namespace Metrana.Native.Tests;

/// <summary>Rules of the configuration reach the service as they are.</summary>
public sealed class AggregationRuleTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly LocalServer _server = fixture.Server;

    [Fact]
    public async Task Every_part_of_a_rule_arrives()
    {
        LoggerConfig config = Runs.Config(_server);
        config.AggregationRules =
        [
            new AggregationRule
            {
                MetricName = "größe",
                SourceScale = "ENVIRONMENT_STEP",
                OutputScale = "EPISODE",
                Functions = [.. Enum.GetValues<AggregationFunction>()],
                AggregateOverLabels = ["gpu", "layer"],
                OutputMetricName = "out",
                OutputNameSuffix = "/all",
            },
            new AggregationRule { SourceScale = "A", OutputScale = "B", Functions = [AggregationFunction.Mean] },
        ];

        using Logger logger = new(config);
        await using Logger async = await Logger.OpenAsync(Again(config));

        foreach (Logger opened in new[] { logger, async })
        {
            IReadOnlyList<StoredAggregationRule> rules = await _server.GetAggregationRulesAsync(opened.RunIdHex);
            rules.Should().HaveCount(2);
            rules[0].MetricName.Should().Be("größe");
            rules[0].SourceScale.Should().Be("ENVIRONMENT_STEP");
            rules[0].OutputScale.Should().Be("EPISODE");
            rules[0].Functions.Select(function => function.ToString()).Should().Equal("Mean", "Max", "Sum", "Min", "StdDev", "Count");
            rules[0].AggregateOverLabels.Should().Equal("gpu", "layer");
            rules[0].OutputMetricName.Should().Be("out");
            rules[0].OutputNameSuffix.Should().Be("/all");
            rules[1].MetricName.Should().BeNull();
            rules[1].OutputNameSuffix.Should().BeNull();
        }

        LoggerConfig Again(LoggerConfig config)
        {
            config.RunName += "-async";
            return config;
        }
    }

    [Fact]
    public void Rules_that_cannot_be_are_told_with_the_other_problems()
    {
        LoggerConfig config = Runs.Config(_server);
        config.Workspace = null;
        config.AggregationRules =
        [
            null!,
            new AggregationRule { SourceScale = "A", OutputScale = "B", Functions = [(AggregationFunction)77] },
            new AggregationRule { SourceScale = "A", OutputScale = "\ud800" },
        ];

        FluentActions.Invoking(() => new Logger(config)).Should().Throw<LoggerInitException>().Which.Message.Should()
            .Contain("Workspace is not set").And.Contain("AggregationRules[0] is null")
            .And.Contain("AggregationRules[1] has the function 77, expected one of Mean").And.Contain("AggregationRules[2] has");
    }
}
