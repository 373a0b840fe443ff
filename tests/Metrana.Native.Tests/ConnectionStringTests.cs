using Microsoft.Extensions.Logging;

namespace Metrana.Native.Tests;

/// <summary>A configuration as one line of text.</summary>
public class ConnectionStringTests
{
    [Fact]
    public void Every_setting_can_be_text_except_those_that_cannot()
    {
        LoggerConfig config = LoggerConfig.Parse(
            "Endpoint=http://localhost:1; apikey = key=with=signs ;WORKSPACE=w;Project='p;1';RunName=\"say \"\"hi\"\"\";Organization=o;"
            + "Experiment=e;ParentRunName=parent;ForkStep=7;OrchestrationId=job;CreateProjectIfMissing=false;Resume=ALLOW;LoggerId=18446744073709551615;"
            + "ConnectTimeout=1.5;InitTimeout=00:00:30;CloseTimeout=infinite;Http2KeepAliveInterval=2;Http2KeepAliveTimeout=3;TcpKeepAlive=4;"
            + "QueueBytes=1000;Backpressure=drop_new;EnqueueTimeout=0.25;MaxMsgSize=2000;MaxPendingRequests=5;MsgMaxAge=6;MsgLinger=0;MsgMaxRetries=none;"
            + "BackoffInitial=0.1;BackoffMax=8;AckStallTimeout=None;DeliveryPolicy=all_or_crash;ErrorStrategy=RaiseOnClose;MisStepWarnBudget=9;"
            + "ExtraCaPem=-----BEGIN;LogLevel=success;;");

        config.Should().BeEquivalentTo(new LoggerConfig
        {
            Endpoint = "http://localhost:1",
            ApiKey = "key=with=signs",
            Workspace = "w",
            Project = "p;1",
            RunName = "say \"hi\"",
            Organization = "o",
            Experiment = "e",
            ParentRunName = "parent",
            ForkStep = 7,
            OrchestrationId = "job",
            CreateProjectIfMissing = false,
            Resume = ResumeStrategy.Allow,
            LoggerId = ulong.MaxValue,
            ConnectTimeout = TimeSpan.FromSeconds(1.5),
            InitTimeout = TimeSpan.FromSeconds(30),
            CloseTimeout = Timeout.InfiniteTimeSpan,
            Http2KeepAliveInterval = TimeSpan.FromSeconds(2),
            Http2KeepAliveTimeout = TimeSpan.FromSeconds(3),
            TcpKeepAlive = TimeSpan.FromSeconds(4),
            QueueBytes = 1000,
            Backpressure = Backpressure.DropNew,
            EnqueueTimeout = TimeSpan.FromSeconds(0.25),
            MaxMsgSize = 2000,
            MaxPendingRequests = 5,
            MsgMaxAge = TimeSpan.FromSeconds(6),
            MsgLinger = TimeSpan.Zero,
            MsgMaxRetries = null,
            BackoffInitial = TimeSpan.FromSeconds(0.1),
            BackoffMax = TimeSpan.FromSeconds(8),
            AckStallTimeout = null,
            DeliveryPolicy = DeliveryPolicy.StopOnLoss,
            ErrorStrategy = ErrorStrategy.RaiseOnClose,
            MisStepWarnBudget = 9,
            ExtraCaPem = "-----BEGIN",
            LogLevel = LogLevel.Information,
        });
    }

    [Fact]
    public void No_property_is_forgotten()
    {
        FormatException error = FluentActions.Invoking(() => LoggerConfig.Parse("nothing=1")).Should().Throw<FormatException>().Which;

        IEnumerable<string> textual = typeof(LoggerConfig).GetProperties().Select(property => property.Name)
            .Except([nameof(LoggerConfig.LoggerFactory), nameof(LoggerConfig.AggregationRules)]);
        error.Message.Should().ContainAll(textual.Select(name => $" {name}"));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ; ;")]
    public void Nothing_leaves_the_defaults(string text) => LoggerConfig.Parse(text).Should().BeEquivalentTo(new LoggerConfig());

    [Fact]
    public void All_problems_are_told_at_once_and_nothing_of_the_text_with_them()
    {
        FormatException error = FluentActions.Invoking(() => LoggerConfig.Parse(
                "ApiKey=secret-1;ApiKey=secret-2;secret-0=secret-3;secret-4;QueueBytes=secret-5;Resume=secret-6;CloseTimeout=secret-7;"
                + "CreateProjectIfMissing=secret-8;Workspace=\"a\"secret-9;Project='secret-10"))
            .Should().Throw<FormatException>().Which;

        foreach (string problem in new[]
        {
            "ApiKey is set twice",
            "at character 33 no setting has this name; the settings are AckStallTimeout, ",
            "at character 51 there is no key=value",
            "QueueBytes is not a whole number",
            "Resume is not one of Never, Allow",
            "CloseTimeout is not a duration",
            "CreateProjectIfMissing is not true or false",
            "at character 150 the value's quotes are not closed",
            "at character 172 the value's quotes are not closed",
        })
        {
            error.Message.Should().Contain(problem);
        }

        error.Message.Should().NotContain("secret");
    }

    [Theory]
    [InlineData("CloseTimeout=5", 5)]
    [InlineData("CloseTimeout=0:05:00", 300)]
    [InlineData("CloseTimeout=1e-3", 0.001)]
    public void A_bare_number_is_seconds(string text, double seconds) =>
        LoggerConfig.Parse(text).CloseTimeout.Should().Be(TimeSpan.FromSeconds(seconds));

    [Theory]
    [InlineData("CloseTimeout=NaN")]
    [InlineData("CloseTimeout=1e300")]
    [InlineData("CloseTimeout=5 days")]
    [InlineData("MsgMaxRetries=99999999999")]
    [InlineData("LoggerId=-1")]
    public void A_number_that_cannot_be_is_refused(string text) =>
        FluentActions.Invoking(() => LoggerConfig.Parse(text)).Should().Throw<FormatException>();

    [Theory]
    [InlineData("Work-space=a", "Workspace")]
    [InlineData("QueueByte=1", "QueueBytes")]
    [InlineData("apykey=hunter2", "ApiKey")]
    public void A_name_that_is_nearly_one_is_told_which(string text, string near)
    {
        string message = FluentActions.Invoking(() => LoggerConfig.Parse(text)).Should().Throw<FormatException>().Which.Message;

        message.Should().Be($"The connection string cannot be read: at character 1 no setting has this name; did you mean {near}?");
    }
}
