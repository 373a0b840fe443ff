using System.Globalization;
using FluentAssertions;
using Metrana.Native;
using Metrana.Protobuf.Ingestion.V1.Types;
using Metrana.WireCapture;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Metrana.Player.Tests;

/// <summary>What a configuration is when nothing is set, beside what the published engine 0.12.0 has there.</summary>
public sealed class DefaultsTests
{
    [Theory]
    [InlineData(nameof(LoggerConfig.Endpoint), "https://ingestion.metrana.ai")]
    [InlineData(nameof(LoggerConfig.Organization), null)]
    [InlineData(nameof(LoggerConfig.Experiment), null)]
    [InlineData(nameof(LoggerConfig.ParentRunName), null)]
    [InlineData(nameof(LoggerConfig.ForkStep), null)]
    [InlineData(nameof(LoggerConfig.OrchestrationId), null)]
    [InlineData(nameof(LoggerConfig.LoggerId), null)]
    [InlineData(nameof(LoggerConfig.CreateProjectIfMissing), "True")]
    [InlineData(nameof(LoggerConfig.Resume), "Never")]
    [InlineData(nameof(LoggerConfig.ConnectTimeout), "00:00:05")]
    [InlineData(nameof(LoggerConfig.Http2KeepAliveInterval), "00:00:30")]
    [InlineData(nameof(LoggerConfig.Http2KeepAliveTimeout), "00:00:10")]
    [InlineData(nameof(LoggerConfig.TcpKeepAlive), "00:01:00")]
    [InlineData(nameof(LoggerConfig.InitTimeout), "00:02:00")]
    [InlineData(nameof(LoggerConfig.Backpressure), "Block")]
    [InlineData(nameof(LoggerConfig.EnqueueTimeout), null)] // 1 s where a call does not block for as long as it takes.
    [InlineData(nameof(LoggerConfig.MaxMsgSize), "1048576")]
    [InlineData(nameof(LoggerConfig.MaxPendingRequests), "30")]
    [InlineData(nameof(LoggerConfig.MsgMaxAge), "00:00:01")]
    [InlineData(nameof(LoggerConfig.MsgMaxRetries), "15")]
    [InlineData(nameof(LoggerConfig.BackoffInitial), "00:00:00.0500000")]
    [InlineData(nameof(LoggerConfig.BackoffMax), "00:00:15")]
    [InlineData(nameof(LoggerConfig.AckStallTimeout), "00:01:00")]
    [InlineData(nameof(LoggerConfig.DeliveryPolicy), "StopOnLoss")]
    [InlineData(nameof(LoggerConfig.ErrorStrategy), "Warn")]
    [InlineData(nameof(LoggerConfig.MisStepWarnBudget), "32")]
    [ParityRow("option/endpoint", "LoggerConfig.Endpoint")]
    [ParityRow("option/organization", "LoggerConfig.Organization")]
    [ParityRow("option/experiment", "LoggerConfig.Experiment")]
    [ParityRow("option/parent_run_name", "LoggerConfig.ParentRunName")]
    [ParityRow("option/fork_step", "LoggerConfig.ForkStep")]
    [ParityRow("option/orchestration_id", "LoggerConfig.OrchestrationId")]
    [ParityRow("option/create_project_if_missing", "LoggerConfig.CreateProjectIfMissing")]
    [ParityRow("option/resume_strategy", "LoggerConfig.Resume", "Never")]
    [ParityRow("option/logger_id", "LoggerConfig.LoggerId")]
    [ParityRow("option/connect_timeout_secs", "ConnectTimeout")]
    [ParityRow("option/http2_keep_alive_interval_secs", "LoggerConfig.Http2KeepAliveInterval")]
    [ParityRow("option/http2_keep_alive_timeout_secs", "LoggerConfig.Http2KeepAliveTimeout")]
    [ParityRow("option/tcp_keepalive_secs", "LoggerConfig.TcpKeepAlive")]
    [ParityRow("option/init_timeout_secs", "InitTimeout")]
    [ParityRow("option/backpressure", "LoggerConfig.Backpressure")]
    [ParityRow("option/enqueue_timeout_secs", "EnqueueTimeout")]
    [ParityRow("option/max_msg_size", "MaxMsgSize")]
    [ParityRow("option/max_pending_requests", "LoggerConfig.MaxPendingRequests")]
    [ParityRow("option/msg_max_age_secs", "LoggerConfig.MsgMaxAge")]
    [ParityRow("option/msg_max_retries", "LoggerConfig.MsgMaxRetries")]
    [ParityRow("option/msg_err_initial_backoff_secs", "LoggerConfig.BackoffInitial")]
    [ParityRow("option/msg_err_max_backoff_secs", "LoggerConfig.BackoffMax")]
    [ParityRow("option/ack_stall_timeout_secs", "LoggerConfig.AckStallTimeout")]
    [ParityRow("option/delivery_policy", "DeliveryPolicy")]
    [ParityRow("option/error_strategy", "LoggerConfig.ErrorStrategy")]
    [ParityRow("option/mis_step_warn_budget", "LoggerConfig.MisStepWarnBudget")]
    public void A_default_is_the_published_one(string property, string? expected) => Default(property).Should().Be(expected);

    [Theory]
    [InlineData(nameof(LoggerConfig.QueueBytes), "67108864")]
    [InlineData(nameof(LoggerConfig.CloseTimeout), "00:02:00")]
    [InlineData(nameof(LoggerConfig.LogLevel), "Warning")]
    [ParityRow("option/queue_capacity", "QueueBytes")]
    [ParityRow("option/log_level", "LoggerConfig.LogLevel")]
    [ParityRow("option/close_timeout", "CloseTimeout")]
    public void A_default_of_our_own(string property, string expected) => Default(property).Should().Be(expected);

    [Fact]
    [ParityRow("option/aggregation_rules", "aggregation_rules")]
    public async Task Aggregation_rules_go_with_the_handshake()
    {
        await using var server = await CaptureServer.StartAsync();
        var run = server.Run("rules");
        var config = new LoggerConfig
        {
            ApiKey = "any",
            Endpoint = server.Endpoint,
            Workspace = "ws",
            Project = "proj",
            RunName = "rules",
            LogLevel = LogLevel.None,
            AggregationRules =
            [
                new Native.AggregationRule
                {
                    MetricName = "reward",
                    SourceScale = "ENVIRONMENT_STEP",
                    OutputScale = "EPISODE",
                    Functions = [Native.AggregationFunction.Mean, Native.AggregationFunction.Max],
                    AggregateOverLabels = ["env"],
                    OutputMetricName = "return",
                    OutputNameSuffix = "_all",
                },
                new Native.AggregationRule { SourceScale = "ML_STEP", OutputScale = "EPISODE" },
            ],
        };

        new Logger(config).Dispose();

        run.Inits.Single().Request.AggregationRules.Should().Equal(
            new Protobuf.Ingestion.V1.Types.AggregationRule
            {
                MetricName = "reward",
                SourceScale = "ENVIRONMENT_STEP",
                OutputScale = "EPISODE",
                Fns = { AggregationFn.Mean, AggregationFn.Max },
                AggregateOverLabels = { "env" },
                OutputMetricName = "return",
                OutputNameSuffix = "_all",
            },
            new Protobuf.Ingestion.V1.Types.AggregationRule { SourceScale = "ML_STEP", OutputScale = "EPISODE" });
    }

    private static string? Default(string property) =>
        Convert.ToString(typeof(LoggerConfig).GetProperty(property)!.GetValue(new LoggerConfig()), CultureInfo.InvariantCulture) is { Length: > 0 } text
            ? text
            : null;
}
