using System.Globalization;
using System.Reflection;
using Metrana.Native;
using Microsoft.Extensions.Logging;

namespace Metrana.Tests;

/// <summary>Options first, then the environment variables, then the defaults.</summary>
public class RunOptionsTests
{
    [Fact]
    [ParityRow("client/api-key", "this machine")]
    [ParityRow("client/names-by-variable", "local")]
    public void A_project_is_enough_and_goes_to_this_machine()
    {
        RunSettings settings = Resolve(new RunOptions { Project = "mnist" });

        settings.IsLocal.Should().BeTrue();
        settings.Name.Should().MatchRegex("^[a-z]+-[a-z]+-[a-z0-9]{4}$");
        settings.Options.Workspace.Should().Be("local");
    }

    [Fact]
    [ParityRow("client/init-timeout", "StartTimeout", "30")]
    [ParityRow("client/resume", "ResumeStrategy.Never")]
    [ParityRow("client/drop-new", "DropNew")]
    [ParityRow("client/enqueue-timeout", "EnqueueTimeout", "0.1")]
    [ParityRow("client/retries", "retries do not end")]
    [ParityRow("client/delivery-policy", "TolerateLoss")]
    [ParityRow("client/errors-warn", "ErrorStrategy.Warn")]
    [ParityRow("client/close", "CloseTimeout", "15")]
    [ParityRow("failures/service-away", "retries do not end")]
    public void The_defaults_protect_the_training_loop()
    {
        RunSettings settings = Resolve(new RunOptions { Project = "p" });
        LoggerConfig config = settings.ToLoggerConfig();

        config.Backpressure.Should().Be(Backpressure.DropNew);
        config.EnqueueTimeout.Should().Be(TimeSpan.FromSeconds(0.1));
        config.MsgMaxRetries.Should().BeNull("retries do not end");
        config.DeliveryPolicy.Should().Be(DeliveryPolicy.TolerateLoss);
        config.ErrorStrategy.Should().Be(Native.ErrorStrategy.Warn);
        config.Resume.Should().Be(Native.ResumeStrategy.Never);
        settings.CloseTimeout.Should().Be(TimeSpan.FromSeconds(15));
        settings.StartTimeout.Should().Be(TimeSpan.FromSeconds(30));
    }

    [Fact]
    [ParityRow("client/api-key", "METRANA_API_KEY")]
    [ParityRow("client/url", "METRANA_INGESTION_URL")]
    [ParityRow("client/names-by-variable", "METRANA_WORKSPACE", "METRANA_PROJECT", "METRANA_ORGANIZATION")]
    [ParityRow("client/run-name", "METRANA_RUN_NAME")]
    [ParityRow("client/log-level", "METRANA_LOG_LEVEL", "SUCCESS")]
    [ParityRow("client/resume", "METRANA_RESUME_STRATEGY")]
    [ParityRow("client/backpressure-variable", "METRANA_BACKPRESSURE_STRATEGY")]
    [ParityRow("client/delivery-policy", "METRANA_DELIVERY_POLICY", "all_or_crash")]
    [ParityRow("client/errors-variable", "METRANA_ERROR_MODES")]
    [ParityRow("client/close-strategy", "METRANA_CLOSE_STRATEGY", "CompleteAll")]
    public void Every_strategy_of_the_references_can_be_chosen_by_a_variable()
    {
        RunSettings settings = Resolve(
            new RunOptions(),
            ("METRANA_API_KEY", "k"),
            ("METRANA_INGESTION_URL", "http://127.0.0.1:9"),
            ("METRANA_WORKSPACE", "lab"),
            ("METRANA_ORGANIZATION", "org"),
            ("METRANA_PROJECT", "walker"),
            ("METRANA_RUN_NAME", "ppo-7"),
            ("METRANA_RESUME_STRATEGY", "allow"),
            ("METRANA_BACKPRESSURE_STRATEGY", "block"),
            ("METRANA_DELIVERY_POLICY", "all_or_crash"),
            ("METRANA_ERROR_MODES", "RaiseOnClose"),
            ("METRANA_CLOSE_STRATEGY", "CompleteAll"),
            ("METRANA_LOG_LEVEL", "SUCCESS"),
            ("METRANA_ORCHESTRATION_ID", " job-1 "));
        LoggerConfig config = settings.ToLoggerConfig();

        settings.IsLocal.Should().BeFalse();
        config.ApiKey.Should().Be("k");
        config.Endpoint.Should().Be("http://127.0.0.1:9");
        (config.Organization, config.Workspace, config.Project, config.RunName).Should().Be(("org", "lab", "walker", "ppo-7"));
        config.Resume.Should().Be(Native.ResumeStrategy.Allow);
        config.Backpressure.Should().Be(Backpressure.Block);
        config.DeliveryPolicy.Should().Be(DeliveryPolicy.StopOnLoss);
        config.ErrorStrategy.Should().Be(Native.ErrorStrategy.RaiseOnClose);
        config.LogLevel.Should().Be(LogLevel.Information);
        config.OrchestrationId.Should().Be("job-1");
        settings.CloseTimeout.Should().Be(Timeout.InfiniteTimeSpan);
    }

    [Theory]
    [InlineData("DropNew", BackpressureStrategy.DropNew)]
    [InlineData("drop_new", BackpressureStrategy.DropNew)]
    [InlineData("DROP_NEW", BackpressureStrategy.DropNew)]
    [InlineData("Raise", BackpressureStrategy.Raise)]
    [ParityRow("client/spelling", "any case", "drop_new", "DropNew")]
    public void A_choice_is_read_in_any_case_with_and_without_underscores(string text, BackpressureStrategy expected) =>
        Resolve(new RunOptions { Project = "p" }, ("METRANA_BACKPRESSURE_STRATEGY", text)).Options.Backpressure.Should().Be(expected);

    [Fact]
    [ParityRow("client/precedence", "options come before variables")]
    public void Options_come_before_variables()
    {
        RunOptions options = new() { Project = "mine", Resume = ResumeStrategy.Never, Backpressure = BackpressureStrategy.Raise };
        RunSettings settings = Resolve(
            options, ("METRANA_PROJECT", "theirs"), ("METRANA_RESUME_STRATEGY", "allow"), ("METRANA_BACKPRESSURE_STRATEGY", "block"));

        settings.Project.Should().Be("mine");
        settings.Options.Resume.Should().Be(ResumeStrategy.Never);
        settings.Options.Backpressure.Should().Be(BackpressureStrategy.Raise);
    }

    [Fact]
    public void What_is_resolved_does_not_change_the_options_that_were_given()
    {
        RunOptions options = new() { Project = "p" };
        Resolve(options, ("METRANA_WORKSPACE", "lab"));

        options.Workspace.Should().BeNull();
        options.Name.Should().BeNull();
    }

    [Fact]
    [ParityRow("client/blank-variables", "a blank variable counts as absent")]
    public void A_blank_variable_counts_as_absent() =>
        Resolve(new RunOptions { Project = "p" }, ("METRANA_RESUME_STRATEGY", "  "), ("METRANA_ORCHESTRATION_ID", " ")).Options.Resume.Should().BeNull();

    [Fact]
    [ParityRow("failures/bad-options", "RunStartException", "all problems")]
    public void All_problems_are_in_one_exception()
    {
        RunOptions options = new()
        {
            ApiKey = "secret-key",
            CloseTimeout = TimeSpan.FromSeconds(-3),
            QueueBytes = 0,
            LoggerId = 0,
            ForkFrom = "parent",
        };
        string message = FluentActions.Invoking(() => Resolve(options, ("METRANA_ERROR_MODES", "shout"), ("METRANA_RESUME_STRATEGY", "maybe")))
            .Should().Throw<RunStartException>().Which.Message;

        message.Should().Contain("Project is not set").And.Contain("METRANA_PROJECT");
        message.Should().Contain("Workspace is not set");
        message.Should().Contain("CloseTimeout is -00:00:03");
        message.Should().Contain("QueueBytes is 0");
        message.Should().Contain("LoggerId is 0");
        message.Should().Contain("ForkFrom and ForkStep belong together");
        message.Should().Contain("METRANA_ERROR_MODES is 'shout'").And.Contain("RaiseOnLog");
        message.Should().Contain("METRANA_RESUME_STRATEGY is 'maybe'");
        message.Should().NotContain("secret-key");
    }

    [Fact]
    public void Texts_that_cannot_work_are_told_with_the_other_problems_under_the_names_of_the_options()
    {
        RunOptions options = new()
        {
            Endpoint = "localhost:7878",
            ApiKey = "secret-key\n",
            Name = "half \ud800 pair",
            ForkFrom = "half \ud800 pair",
            ForkStep = 3,
            QueueBytes = 0,
        };

        options.FindProblems().Should().BeEquivalentTo(
            "Project is not set (set it in the options or in METRANA_PROJECT)",
            "QueueBytes is 0, and has to be greater than zero",
            "ApiKey contains a character that is not allowed in a header (a line break at its end?)",
            "Endpoint is 'localhost:7878', expected http://host:port or https://host:port with nothing after it",
            "Name has half a surrogate pair, so it has no UTF-8",
            "ForkFrom has half a surrogate pair, so it has no UTF-8");
    }

    [Fact]
    public void A_connection_string_sets_everything_that_is_text()
    {
        RunOptions options = RunOptions.Parse(
            "Project=walker; name=ppo-7;Endpoint=http://localhost:7878;ApiKey=\"a;b\";Resume=Allow;Tags=baseline, v2;CloseTimeout=0.5;StartTimeout=00:01:00;StopOnLoss=true;MaxRetries=7;LogLevel=Debug");

        options.Project.Should().Be("walker");
        options.Name.Should().Be("ppo-7");
        options.ApiKey.Should().Be("a;b");
        options.Resume.Should().Be(ResumeStrategy.Allow);
        options.Tags.Should().Equal("baseline", "v2");
        options.CloseTimeout.Should().Be(TimeSpan.FromSeconds(0.5));
        options.StartTimeout.Should().Be(TimeSpan.FromMinutes(1));
        options.StopOnLoss.Should().BeTrue();
        options.MaxRetries.Should().Be(7);
        options.LogLevel.Should().Be(LogLevel.Debug);
    }

    [Fact]
    public void All_problems_of_a_connection_string_are_told_without_its_text()
    {
        string message = FluentActions.Invoking(() => RunOptions.Parse("Project=a;Project=b;Colour=hunter2;Resume=hunter2;CloseTimeout=soon;hunter2"))
            .Should().Throw<FormatException>().Which.Message;

        message.Should().Contain("Project is set twice").And.Contain("character 21").And.Contain("Resume is not one of Never, Allow");
        message.Should().Contain("CloseTimeout is not a duration");
        message.Should().NotContain("hunter2");
    }

    [Fact]
    public void A_setting_that_is_nearly_one_is_told_which() =>
        FluentActions.Invoking(() => RunOptions.Parse("Endpont=http://localhost:1")).Should().Throw<FormatException>()
            .WithMessage("*at character 1 no setting has this name; did you mean Endpoint?");

    [Fact]
    public void A_changed_copy_is_made_with_with()
    {
        RunOptions options = new() { Project = "p", Name = "a", ApiKey = "hunter2", Tags = ["x"] };
        RunOptions other = options with { Name = "b" };

        (options.Name, other.Name, other.Project, other.ApiKey).Should().Be(("a", "b", "p", "hunter2"));
        other.ToString().Should().NotContain("hunter2");
    }

    [Fact]
    public void Neither_the_key_nor_anything_like_it_is_shown() =>
        new RunOptions { Project = "p", ApiKey = "hunter2" }.ToString().Should().Be("(default)/p/(generated)");

    [Fact]
    public void Text_means_the_same_in_every_culture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            // Turkish writes decimals with a comma. Where globalization is invariant the culture has to be made by hand.
            CultureInfo turkish = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            (turkish.NumberFormat.NumberDecimalSeparator, turkish.NumberFormat.NumberGroupSeparator) = (",", ".");
            CultureInfo.CurrentCulture = turkish;
            RunOptions options = RunOptions.Parse("project=p;CLOSETIMEOUT=1.5;backpressure=RAISE");

            options.CloseTimeout.Should().Be(TimeSpan.FromSeconds(1.5));
            options.Backpressure.Should().Be(BackpressureStrategy.Raise);
            Resolve(new RunOptions { Project = "p" }, ("METRANA_LOG_LEVEL", "info")).Options.LogLevel.Should().Be(LogLevel.Information);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    [ParityRow("client/url", "https://ingestion.metrana.ai")]
    [ParityRow("client/tuning-defaults", "ConnectTimeout", "MaxPendingRequests", "30", "MsgMaxAge", "MaxMsgSize", "BackoffInitial", "0.05")]
    public void What_nobody_changed_of_the_engine_is_as_published()
    {
        LoggerConfig config = Resolve(new RunOptions { Project = "p", Workspace = "lab", ApiKey = "k" }).ToLoggerConfig();

        config.Endpoint.Should().Be("https://ingestion.metrana.ai");
        config.CreateProjectIfMissing.Should().BeTrue();
        config.ConnectTimeout.Should().Be(TimeSpan.FromSeconds(5));
        config.MaxPendingRequests.Should().Be(30);
        (config.BackoffInitial, config.BackoffMax).Should().Be((TimeSpan.FromSeconds(0.05), TimeSpan.FromSeconds(15)));
        config.MsgMaxAge.Should().Be(TimeSpan.FromSeconds(1));
        config.MaxMsgSize.Should().Be(1_048_576);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(7UL)]
    [ParityRow("client/logger-id", "LoggerId", "has the number that it was given")]
    public void A_writer_has_the_number_that_it_was_given(ulong? number) =>
        Resolve(new RunOptions { Project = "p", LoggerId = number }).ToLoggerConfig().LoggerId.Should().Be(number);

    [Theory]
    [InlineData("TRACE", LogLevel.Trace)]
    [InlineData("DEBUG", LogLevel.Debug)]
    [InlineData("INFO", LogLevel.Information)]
    [InlineData("SUCCESS", LogLevel.Information)]
    [InlineData("WARN", LogLevel.Warning)]
    [InlineData("WARNING", LogLevel.Warning)]
    [InlineData("ERROR", LogLevel.Error)]
    [InlineData("CRITICAL", LogLevel.Critical)]
    [InlineData("OFF", LogLevel.None)]
    [ParityRow("client/log-level", "METRANA_LOG_LEVEL", "TRACE", "CRITICAL", "OFF", "warning")]
    public void Each_published_level_is_a_level_here(string name, LogLevel level)
    {
        Resolve(new RunOptions { Project = "p" }, ("METRANA_LOG_LEVEL", name)).ToLoggerConfig().LogLevel.Should().Be(level);
        Resolve(new RunOptions { Project = "p" }).ToLoggerConfig().LogLevel.Should().Be(LogLevel.Warning, "that is the default");
    }

    [Fact]
    [ParityRow("client/system-by-itself", "METRANA_CAPTURE_SYSTEM_METRICS", "METRANA_SYSTEM_METRICS_INTERVAL_SECS")]
    public void Variables_say_whether_and_how_often_the_load_is_logged()
    {
        RunOptions options = Resolve(
            new RunOptions { Project = "p" },
            ("METRANA_CAPTURE_SYSTEM_METRICS", "false"),
            ("METRANA_SYSTEM_METRICS_INTERVAL_SECS", "2.5")).Options;

        (options.LogSystemMetrics, options.SystemMetricsInterval).Should().Be((false, TimeSpan.FromSeconds(2.5)));
    }

    [Theory]
    [InlineData("METRANA_ORCHESTRATION_ID")]
    [InlineData("TORCHELASTIC_RUN_ID")]
    [InlineData("SLURM_JOB_ID")]
    [InlineData("RAY_JOB_ID")]
    [ParityRow("client/orchestration-id", "METRANA_ORCHESTRATION_ID", "TORCHELASTIC_RUN_ID", "SLURM_JOB_ID", "RAY_JOB_ID")]
    public void The_job_of_a_launcher_is_the_orchestration_id(string variable) =>
        Resolve(new RunOptions { Project = "p" }, (variable, " job-42 ")).Options.OrchestrationId.Should().Be("job-42");

    [Fact]
    [ParityRow("client/orchestration-id", "METRANA_ORCHESTRATION_ID", "TORCHELASTIC_RUN_ID", "SLURM_JOB_ID", "RAY_JOB_ID")]
    public void Of_several_launchers_ours_comes_first_then_torchrun_slurm_and_ray()
    {
        (string, string)[] all =
            [("METRANA_ORCHESTRATION_ID", "m"), ("TORCHELASTIC_RUN_ID", "t"), ("SLURM_JOB_ID", "s"), ("RAY_JOB_ID", "r")];

        Resolve(new RunOptions { Project = "p", OrchestrationId = "o" }, all).Options.OrchestrationId.Should().Be("o");
        Resolve(new RunOptions { Project = "p" }, all).Options.OrchestrationId.Should().Be("m");
        Resolve(new RunOptions { Project = "p" }, all[1..]).Options.OrchestrationId.Should().Be("t");
        Resolve(new RunOptions { Project = "p" }, all[2..]).Options.OrchestrationId.Should().Be("s");
        Resolve(new RunOptions { Project = "p" }, all[3..]).Options.OrchestrationId.Should().Be("r");
    }

    [Fact]
    [ParityRow("client/orchestration-random", "32")]
    public void Without_a_launcher_each_run_is_a_job_of_its_own()
    {
        string? first = Resolve(new RunOptions { Project = "p" }).Options.OrchestrationId;
        string? second = Resolve(new RunOptions { Project = "p" }).Options.OrchestrationId;

        first.Should().MatchRegex("^[0-9a-f]{32}$");
        second.Should().NotBe(first);
    }

    [Theory]
    [InlineData(CloseStrategy.Immediate, 0)]
    [InlineData(CloseStrategy.CompletePending, 7)]
    [ParityRow("client/close-strategy", "Immediate", "CompletePending")]
    public void A_close_strategy_is_a_timeout(CloseStrategy strategy, int seconds) =>
        Resolve(new RunOptions { Project = "p", Close = strategy, CloseTimeout = TimeSpan.FromSeconds(7) })
            .CloseTimeout.Should().Be(TimeSpan.FromSeconds(seconds));

    [Fact]
    [ParityRow("client/tuning", "max_pending_requests", "ConfigureLogger")]
    public void The_settings_of_the_engine_can_be_changed_at_last()
    {
        RunOptions options = new()
        {
            Project = "p",
            QueueBytes = 1000,
            ConfigureLogger = logger => (logger.MaxPendingRequests, logger.QueueBytes) = (100, 2 * logger.QueueBytes),
        };
        LoggerConfig config = Resolve(options).ToLoggerConfig();

        (config.MaxPendingRequests, config.QueueBytes).Should().Be((100, 2000));
    }

    [Fact]
    public void A_variable_can_disable_a_run() =>
        Resolve(new RunOptions { Project = "p" }, ("METRANA_INIT_MODE", "disabled")).IsDisabled.Should().BeTrue();

    [Fact]
    public void Offline_says_what_there_is_instead()
    {
        string message = FluentActions.Invoking(() => Resolve(new RunOptions { Project = "p" }, ("METRANA_INIT_MODE", "offline")))
            .Should().Throw<RunStartException>().Which.Message;

        message.Should().Contain("METRANA_INIT_MODE is 'offline', which is not possible here").And.Contain("ContinueWithoutServer")
            .And.Contain("JsonlMirror").And.NotContain("one of Online");
        FluentActions.Invoking(() => Resolve(new RunOptions { Project = "p" }, ("METRANA_INIT_MODE", "asleep")))
            .Should().Throw<RunStartException>().WithMessage("*is 'asleep', which is not one of Online, Disabled*");
    }

    [Fact]
    [ParityRow("client/variables-without-effect", "METRANA_DISK_SPOOL_DIR", "METRANA_TRACING_DISABLED", "have no effect here")]
    public void Variables_that_do_nothing_are_told_with_what_does_and_a_blank_one_is_not_set()
    {
        Dictionary<string, string> set = new()
        {
            ["METRANA_DISK_SPOOL_DIR"] = "spool",
            ["METRANA_QUERY_API_URL"] = " ",
            ["METRANA_TRACING_DISABLED"] = "1",
            ["METRANA_PROJECT"] = "p",
        };

        RunOptions.WithoutEffect(set.GetValueOrDefault).Should().Be((
            "Variables of the published clients are set that have no effect here: METRANA_DISK_SPOOL_DIR (nothing is kept on disk; "
                + "QueueBytes bounds what waits in memory); METRANA_TRACING_DISABLED (traces are exported by AddMlflowExporter of Metrana.MLflow.Traces).",
            "METRANA_DISK_SPOOL_DIR METRANA_TRACING_DISABLED"));
        set.Clear();
        RunOptions.WithoutEffect(set.GetValueOrDefault).Should().BeNull();
    }

    [Theory]
    [InlineData("METRANA_EVENT_QUEUE_MAX_SIZE")]
    [InlineData("METRANA_DISPATCH_QUEUE_MAX_SIZE")]
    [InlineData("METRANA_ERROR_QUEUE_MAX_SIZE")]
    [ParityRow("client/variables-without-effect", "METRANA_EVENT_QUEUE_MAX_SIZE", "METRANA_DISPATCH_QUEUE_MAX_SIZE", "METRANA_ERROR_QUEUE_MAX_SIZE", "have no effect here")]
    public void Bounds_that_count_calls_have_no_effect_here(string variable)
    {
        Resolve(new RunOptions { Project = "p" }, (variable, "7")).ToLoggerConfig().QueueBytes.Should().Be(64 << 20);
        RunOptions.WithoutEffect(name => name == variable ? "7" : null)!.Value.Variables.Should().Be(variable);
    }

    [Fact]
    public void The_guide_has_every_variable()
    {
        string guide = Support.Sources.Read("docs", "guide.md");
        (IEnumerable<string> effective, IEnumerable<string> without) = RunOptions.VariableNames;
        foreach (string variable in (string[])[.. effective, .. without, "METRANA_ORCHESTRATION_ID"])
        {
            guide.Should().Contain($"`{variable}`");
        }
    }

    [Fact]
    public void The_guide_has_every_option()
    {
        string[] rows = [.. Support.Sources.Read("docs", "guide.md").Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal))];
        foreach (PropertyInfo option in typeof(RunOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            rows.Should().Contain(row => row.Split('|', StringSplitOptions.None)[1].Contains($"`{option.Name}`", StringComparison.Ordinal), option.Name);
        }
    }

    private static RunSettings Resolve(RunOptions options, params (string Name, string Value)[] variables)
    {
        Dictionary<string, string> all = variables.ToDictionary(variable => variable.Name, variable => variable.Value);
        return RunSettings.Resolve(options, name => all.GetValueOrDefault(name));
    }
}
