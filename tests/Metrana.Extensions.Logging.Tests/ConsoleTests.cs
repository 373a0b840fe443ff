using Metrana.Extensions.Logging.Console;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Metrana.Extensions.Logging.Tests;

/// <summary>What people read.</summary>
public sealed class ConsoleTests : IDisposable
{
    private readonly StringWriter _written = new() { NewLine = "\n" };

    public void Dispose() => _written.Dispose();

    [Theory]
    [InlineData("global_grad_norm", "Grad Norm")]
    [InlineData("steps_per_second", "SPS")]
    [InlineData("actor_loss", "Actor Loss")]
    [InlineData("loss", "Loss")]
    [InlineData("a__b_", "A B")]
    [InlineData("approx_kl", "Approx KL")]
    [InlineData("twice", "2")]
    [InlineData("", "")]
    [ParityRow("telemetry/labels", "global_grad_norm=Grad Norm,steps_per_second=SPS", "actor_loss", "Actor Loss")]
    public void Labels_are_overridden_or_in_title_case(string key, string label) =>
        new MetricLabels("global_grad_norm=Grad Norm,steps_per_second=SPS, twice = 1,twice=2,,malformed,=x,empty=").Of(key).Should().Be(label);

    [Fact]
    [ParityRow("telemetry/labels-variable", "RUST_RL_METRIC_LABELS")]
    public void Labels_come_from_the_variable()
    {
        MetricLabels.Variable.Should().Be("RUST_RL_METRIC_LABELS");
        Environment.SetEnvironmentVariable(MetricLabels.Variable, "global_grad_norm=Grad Norm");
        try
        {
            MetricLabels.FromEnvironment().Of("global_grad_norm").Should().Be("Grad Norm");
        }
        finally
        {
            Environment.SetEnvironmentVariable(MetricLabels.Variable, null);
        }
    }

    [Fact]
    [ParityRow("telemetry/formatter", "TRAINER", "TRAIN")]
    public void A_metric_event_is_a_line_of_labels_with_its_normalized_category()
    {
        Write("{category} {critic_loss} {timesteps} {phase}", "TRAIN", 0.123456789, 100, "warm-up");
        Write("{category} {message} {sps}", "ACT", "all well", 1234.5f);

        _written.ToString().Split('\n').Select(line => line.Length > 9 ? line[9..] : line).Should().Equal(
            "INFO  TRAINER    Critic Loss 0.123457 | Timesteps 100 | Phase warm-up | TRAIN 0.123456789 100 warm-up",
            "INFO  ACTOR      SPS 1234.5 | all well",
            "");
    }

    [Fact]
    public void Other_events_have_their_logger_and_stay_one_line()
    {
        Write("first {name}", "x\n12:00:00 INFO  TRAINER    Forged 1\r\n");

        _written.ToString().Should().EndWith("INFO  walker: first x 12:00:00 INFO  TRAINER    Forged 1 \n")
            .And.Match<string>(text => text.Count(c => c == '\n') == 1);
    }

    [Theory]
    [InlineData("{loss}", "INFO  EVALUATOR  Loss 1 | 1\n")]
    [InlineData("{loss} {category}", "INFO  TRAINER    Loss 1 | 1 TRAIN\n")]
    public void The_innermost_scope_gives_the_category_of_an_event_without_one(string template, string line)
    {
        LoggerExternalScopeProvider scopes = new();
        using IDisposable outer = scopes.Push(KeyValuePair.Create<string, object?>("category", "ACT"));
        using IDisposable inner = scopes.Push(KeyValuePair.Create<string, object?>("category", "EVAL"));
        Write(scopes, template, 1, "TRAIN");

        _written.ToString().Should().EndWith(line);
    }

    [Fact]
    public void The_console_of_a_program_writes_that_way()
    {
        using ServiceProvider services = new ServiceCollection().AddLogging(builder => builder.AddMetranaConsole(new MetricLabels("x=The X")))
            .BuildServiceProvider();

        services.GetServices<ConsoleFormatter>().Should().ContainSingle(formatter => formatter is MetranaConsoleFormatter);
        services.GetRequiredService<Microsoft.Extensions.Options.IOptions<ConsoleLoggerOptions>>().Value.FormatterName.Should().Be("metrana");
    }

    private void Write(string template, params object?[] values) => Write(null, template, values);

    private void Write(IExternalScopeProvider? scopes, string template, params object?[] values)
    {
        MetranaConsoleFormatter formatter = new(new MetricLabels());
        using ILoggerFactory factory = LoggerFactory.Create(builder => builder.AddProvider(new Formatting(formatter, scopes, _written)));
#pragma warning disable CA2254 // The template is the test's.
        factory.CreateLogger("walker").LogInformation(template, values);
#pragma warning restore CA2254
    }

    private sealed class Formatting(ConsoleFormatter formatter, IExternalScopeProvider? scopes, TextWriter writer) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter1) =>
            formatter.Write(new LogEntry<TState>(logLevel, "walker", eventId, state, exception, formatter1), scopes, writer);

        public void Dispose()
        {
        }
    }
}
