using System.Text.Json;
using Metrana.Native.Interop;
using Metrana.Native.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Metrana.Native.Tests;

public class LoggerConfigTests
{
    [Fact]
    public void Our_defaults_are_the_engines()
    {
        NativeLibraryLocator.EnsureLoaded();
        NativeConfig engine = NativeLogger.DefaultConfig();
        NativeConfig ours = default;

        NativeLogger.CopyNumbers(new LoggerConfig(), ref ours);

        ours.Should().BeEquivalentTo(engine, options => options.ComparingByMembers<NativeConfig>());
    }

    [Fact]
    [ParityRow("option/connect_timeout_secs", "ConnectTimeout")]
    [ParityRow("option/http2_keep_alive_interval_secs", "Http2KeepAliveInterval")]
    [ParityRow("option/http2_keep_alive_timeout_secs", "Http2KeepAliveTimeout")]
    [ParityRow("option/tcp_keepalive_secs", "TcpKeepAlive")]
    [ParityRow("option/init_timeout_secs", "InitTimeout")]
    [ParityRow("option/enqueue_timeout_secs", "EnqueueTimeout")]
    [ParityRow("option/msg_max_age_secs", "MsgMaxAge")]
    [ParityRow("option/msg_err_initial_backoff_secs", "BackoffInitial")]
    [ParityRow("option/msg_err_max_backoff_secs", "BackoffMax")]
    [ParityRow("option/ack_stall_timeout_secs", "AckStallTimeout")]
    public void Each_setting_lands_in_its_own_field()
    {
        LoggerConfig config = new()
        {
            ConnectTimeout = TimeSpan.FromSeconds(2),
            InitTimeout = TimeSpan.FromSeconds(3),
            CloseTimeout = TimeSpan.FromSeconds(4),
            Http2KeepAliveInterval = TimeSpan.FromSeconds(6),
            Http2KeepAliveTimeout = TimeSpan.FromSeconds(7),
            TcpKeepAlive = TimeSpan.FromSeconds(8),
            EnqueueTimeout = TimeSpan.FromSeconds(9),
            MsgMaxAge = TimeSpan.FromSeconds(11),
            BackoffInitial = TimeSpan.FromSeconds(12),
            BackoffMax = TimeSpan.FromSeconds(13),
            AckStallTimeout = TimeSpan.FromSeconds(14),
        };
        NativeConfig native = default;

        NativeLogger.CopyNumbers(config, ref native);

        native.ConnectTimeout.Should().Be(2);
        native.InitTimeout.Should().Be(3);
        native.CloseTimeout.Should().Be(4);
        native.Http2KeepAliveInterval.Should().Be(6);
        native.Http2KeepAliveTimeout.Should().Be(7);
        native.TcpKeepAlive.Should().Be(8);
        native.EnqueueTimeout.Should().Be(9);
        native.MsgMaxAge.Should().Be(11);
        native.BackoffInitial.Should().Be(12);
        native.BackoffMax.Should().Be(13);
        native.AckStallTimeout.Should().Be(14);
    }

    [Fact]
    public void A_call_may_wait_for_as_long_as_it_takes()
    {
        NativeConfig native = default;

        NativeLogger.CopyNumbers(new LoggerConfig(), ref native);

        native.EnqueueTimeout.Should().BeNegative();
        NativeLogger.DefaultConfig().EnqueueTimeout.Should().BeNegative();
    }

    [Theory]
    [InlineData(LogLevel.None, "OFF")]
    [InlineData(LogLevel.Critical, "ERROR")]
    [InlineData(LogLevel.Error, "ERROR")]
    [InlineData(LogLevel.Warning, "WARN")]
    [InlineData(LogLevel.Information, "INFO")]
    [InlineData(LogLevel.Debug, "DEBUG")]
    [InlineData(LogLevel.Trace, "TRACE")]
    [ParityRow("enum/LogLevel.Off", "Off", "Error", "Warn", "Info", "Debug", "Trace")]
    public void A_level_is_the_engines_level_of_that_name(LogLevel level, string name)
    {
        NativeConfig native = default;

        NativeLogger.CopyNumbers(new LoggerConfig { LogLevel = level }, ref native);

        native.LogLevel.Should().Be(NativeHeader.Enumeration("metrana_log_level")[name]);
    }

    [Fact]
    [ParityRow("option/api_key", "ApiKey")]
    [ParityRow("option/workspace", "Workspace")]
    [ParityRow("option/project", "Project")]
    [ParityRow("option/run_name", "RunName")]
    public void All_problems_are_told_at_once_by_the_names_of_the_properties()
    {
        LoggerConfig config = new()
        {
            ApiKey = "top-secret\n",
            Project = "half \ud800 pair",
            Endpoint = "ftp://somewhere",
            ForkStep = -1,
            LoggerId = 0,
            ConnectTimeout = TimeSpan.Zero,
            MsgLinger = TimeSpan.FromSeconds(-2),
            AckStallTimeout = TimeSpan.FromSeconds(-3),
            TcpKeepAlive = TimeSpan.FromSeconds(0.5),
            QueueBytes = 0,
            MaxMsgSize = -1,
            MsgMaxRetries = -1,
            Resume = (ResumeStrategy)9,
            LogLevel = (LogLevel)77,
        };

        LoggerInitException refusal = FluentActions.Invoking(() => new Logger(config)).Should().Throw<LoggerInitException>().Which;

        refusal.StatusCode.Should().Be(MetranaStatus.InvalidConfig);
        foreach (string problem in new[]
        {
            "Workspace is not set (FromEnvironment takes it from METRANA_WORKSPACE)",
            "RunName is not set",
            "ApiKey contains a character that is not allowed in a header",
            "Project has half a surrogate pair",
            "Endpoint is 'ftp://somewhere', expected http://host:port or https://host:port with nothing after it",
            "ForkStep is -1, expected 0 or more",
            "ForkStep needs ParentRunName",
            "LoggerId is 0",
            "ConnectTimeout must be greater than zero: nothing could ever be opened",
            "MsgLinger is -00:00:02, expected zero or more",
            "AckStallTimeout is -00:00:03",
            "TcpKeepAlive is 00:00:00.5000000, expected between 1 s and 32767 s",
            "QueueBytes is 0, expected 1 or more",
            "MaxMsgSize is -1",
            "MsgMaxRetries is -1",
            "Resume is 9, expected one of Never, Allow",
            "LogLevel is 77",
        })
        {
            refusal.Message.Should().Contain(problem);
        }

        refusal.Message.Should().NotContain("secret");
    }

    [Theory]
    [InlineData("http://host:1/path")]
    [InlineData("http://host:1?query=1")]
    [InlineData("http://host:1#part")]
    [InlineData("https://user:secret@host:1")]
    [InlineData("user:secret@host")]
    public void What_would_be_ignored_of_an_endpoint_is_refused_and_a_password_in_it_is_never_shown(string endpoint)
    {
        LoggerConfig config = new() { ApiKey = "k", Workspace = "w", Project = "p", RunName = "r", Endpoint = endpoint };
        config.ToString().Should().Contain("host").And.NotContain("secret");
        config.Invoking(c => c.Validate()).Should().Throw<LoggerInitException>()
            .Which.Message.Should().Contain("Endpoint is").And.NotContain("secret");
    }

    [Fact]
    public void What_the_engine_refuses_is_refused_here_already_so_that_nothing_is_told_one_by_one()
    {
        LoggerConfig config = new() { ApiKey = "", Workspace = "w", Project = "p", RunName = "r" };
        config.Invoking(c => c.Validate()).Should().NotThrow("an empty key is a key");

        config.MaxPendingRequests = 0;
        config.Invoking(c => c.Validate()).Should().Throw<LoggerInitException>().WithMessage("*MaxPendingRequests*");
    }

    [Fact]
    public void Settings_that_could_only_fail_later_are_refused()
    {
        Problem(config => config.AckStallTimeout = TimeSpan.Zero).Should().Contain("AckStallTimeout must be greater than zero");
        Problem(config => config.TcpKeepAlive = Timeout.InfiniteTimeSpan).Should().Contain("TcpKeepAlive is");
        Problem(config => config.TcpKeepAlive = TimeSpan.FromSeconds(32_768)).Should().Contain("TcpKeepAlive is");
        Problem(config => config.QueueBytes = long.MaxValue).Should().Contain("QueueBytes is 9223372036854775807, expected 1099511627776 (1 TiB) or less");
        Problem(config => config.TcpKeepAlive = TimeSpan.FromSeconds(1)).Should().BeNull();

        static string? Problem(Action<LoggerConfig> change)
        {
            LoggerConfig config = new() { ApiKey = "k", Workspace = "w", Project = "p", RunName = "r" };
            change(config);
            try
            {
                config.Validate();
                return null;
            }
            catch (LoggerInitException e)
            {
                return e.Message;
            }
        }
    }

    [Fact]
    public void A_null_configuration_is_dotnets_own_error() =>
        FluentActions.Invoking(() => new Logger(null!)).Should().Throw<ArgumentNullException>();

    [Fact]
    [ParityRow("call/Config.run_path", "LoggerConfig", "workspace", "project")]
    public void The_key_is_in_no_text_about_it()
    {
        LoggerConfig config = new() { ApiKey = "top-secret", Workspace = "w", Project = "p", RunName = "r" };

        config.ToString().Should().Be("w/p/r at https://ingestion.metrana.ai");
        $"{config}".Should().NotContain("top-secret");
        string json = JsonSerializer.Serialize(config);
        json.Should().NotContain("top-secret").And.Contain("\"Workspace\":\"w\"");
        JsonSerializer.Deserialize<LoggerConfig>("""{"ApiKey":"top-secret","Endpoint":"http://h:1"}""")!.ApiKey.Should().Be("top-secret", "it can be read");
    }

    [Theory]
    [InlineData("top-secret")]
    [InlineData("topsecret0123456789")]
    [InlineData("eyJhbGciOi.eyJzdWIi.top-secret")]
    [InlineData("https://host:1?key=top-secret")]
    [InlineData("https://host:1/top-secret")]
    [InlineData("https://top-secret@host:1")]
    [InlineData("host:1/top-secret")]
    [InlineData("http://top secret")]
    public void A_key_that_was_pasted_into_the_endpoint_is_shown_nowhere(string endpoint)
    {
        LoggerConfig config = new() { ApiKey = "k", Workspace = "w", Project = "p", RunName = "r", Endpoint = endpoint };

        config.ToString().Should().NotContain("secret");
        JsonSerializer.Serialize(config).Should().NotContain("secret");
        config.Invoking(c => c.Validate()).Should().Throw<LoggerInitException>().Which.Message.Should().NotContain("secret");
    }

    [Fact]
    public void The_environment_fills_what_it_names()
    {
        Dictionary<string, string> variables = new()
        {
            ["METRANA_API_KEY"] = "key",
            ["METRANA_INGESTION_URL"] = "http://localhost:1",
            ["METRANA_WORKSPACE"] = "w",
            ["METRANA_PROJECT"] = "p",
            ["METRANA_RUN_NAME"] = "r",
            ["METRANA_ORGANIZATION"] = "o",
            ["METRANA_ORCHESTRATION_ID"] = " job \n",
            ["METRANA_RESUME_STRATEGY"] = "ALLOW",
            ["METRANA_BACKPRESSURE_STRATEGY"] = "drop_new",
            ["METRANA_DELIVERY_POLICY"] = "TolerateLoss",
            ["METRANA_ERROR_MODES"] = "raise_on_close",
            ["METRANA_LOG_LEVEL"] = "Success",
        };

        LoggerConfig config = LoggerConfig.FromEnvironment(variables.GetValueOrDefault);

        config.ApiKey.Should().Be("key");
        config.Endpoint.Should().Be("http://localhost:1");
        config.Workspace.Should().Be("w");
        config.Project.Should().Be("p");
        config.RunName.Should().Be("r");
        config.Organization.Should().Be("o");
        config.OrchestrationId.Should().Be("job");
        config.Resume.Should().Be(ResumeStrategy.Allow);
        config.Backpressure.Should().Be(Backpressure.DropNew);
        config.DeliveryPolicy.Should().Be(DeliveryPolicy.TolerateLoss);
        config.ErrorStrategy.Should().Be(ErrorStrategy.RaiseOnClose);
        config.LogLevel.Should().Be(LogLevel.Information);
    }

    [Fact]
    public void An_absent_or_blank_variable_leaves_the_default() =>
        LoggerConfig.FromEnvironment(name => name == "METRANA_RESUME_STRATEGY" ? "  " : null)
            .Should().BeEquivalentTo(new LoggerConfig());

    [Fact]
    public void Wrong_words_in_the_environment_are_all_told()
    {
        Func<string, string?> read = name => name is "METRANA_RESUME_STRATEGY" or "METRANA_LOG_LEVEL" ? "sometimes" : null;

        FluentActions.Invoking(() => LoggerConfig.FromEnvironment(read)).Should().Throw<LoggerInitException>().WithMessage(
            "*METRANA_RESUME_STRATEGY is 'sometimes', expected one of Never, Allow; "
            + "METRANA_LOG_LEVEL is 'sometimes', expected one of TRACE, DEBUG, *");
    }

    [Theory]
    [InlineData("DropNew", Backpressure.DropNew)]
    [InlineData("DROP_NEW", Backpressure.DropNew)]
    [InlineData("block", Backpressure.Block)]
    [InlineData("raise", Backpressure.Raise)]
    public void Words_are_taken_in_either_spelling(string word, Backpressure expected) =>
        LoggerConfig.FromEnvironment(name => name == "METRANA_BACKPRESSURE_STRATEGY" ? word : null)
            .Backpressure.Should().Be(expected);

    [Fact]
    public void The_published_name_of_the_delivery_policy_is_taken() =>
        LoggerConfig.FromEnvironment(name => name == "METRANA_DELIVERY_POLICY" ? "all_or_crash" : null)
            .DeliveryPolicy.Should().Be(DeliveryPolicy.StopOnLoss);
}
