using System.Diagnostics;
using FluentAssertions;
using Metrana.Server;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Xunit;

namespace Metrana.Hosting.Tests;

/// <summary>A run that lives in a generic host.</summary>
public class HostedRunTests
{
    [Fact]
    public async Task A_run_is_configured_injected_and_closed_after_the_services_that_log_to_it()
    {
        await using LocalServer server = await LocalServer.StartAsync();
        HostApplicationBuilder builder = Builder(
            ("Metrana:Endpoint", server.Endpoint), ("Metrana:Project", "hosted"), ("Metrana:Name", "walker"), ("Metrana:Tags:0", "a"),
            ("Metrana:Tags:1", "b"), ("Metrana:Config:lr", "0.1"), ("Metrana:Config:net:layers", "3"), ("Metrana:Config:resume", "true"),
            ("Metrana:CloseTimeout", "5"));

        // Before the run on purpose: the host stops services in the opposite order, and so this one last.
        builder.Services.AddHostedService<Trainer>();
        builder.Services.AddMetranaRun(builder.Configuration.GetSection("Metrana"));
        Run run;
        using (IHost host = builder.Build())
        {
            await host.StartAsync();
            run = host.Services.GetRequiredService<Run>();
            run.Outcome.Should().Be(RunOutcome.Running);
            await host.StopAsync();
            run.Outcome.Should().Be(RunOutcome.Finished);
        }

        StoredRun stored = (await server.FindRunAsync("walker", project: "hosted"))!;
        stored.Closed.Should().BeTrue();
        StoredSeries loss = (await server.GetSeriesAsync(stored.RunId)).Single(series => series.Metric == "loss");
        (await server.GetPointsAsync(stored.RunId, loss.Id)).Values.Should().Equal(1, 2, 3);
        IReadOnlyDictionary<string, StoredValue> attributes = await server.GetAttributesAsync(stored.RunId);
        attributes.Should().ContainKeys("config/lr", "config/net/layers", "config/resume", "sys/tags");
    }

    [Fact]
    public async Task A_host_closes_a_run_within_its_stop_timeout()
    {
        LocalServer server = await LocalServer.StartAsync();
        Lines lines = new();
        HostApplicationBuilder builder = Builder(("Metrana:Endpoint", server.Endpoint), ("Metrana:Project", "p"), ("Metrana:CloseTimeout", "00:05:00"));
        builder.Services.AddMetranaRun(builder.Configuration.GetSection("Metrana"));
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(1));
        builder.Logging.AddProvider(lines);
        using IHost host = builder.Build();
        await host.StartAsync();
        Run run = host.Services.GetRequiredService<Run>();
        await server.DisposeAsync();
        run.Log("loss", 1.0);
        Stopwatch watch = Stopwatch.StartNew();
        await host.StopAsync();

        watch.Elapsed.Should().BeLessThan(TimeSpan.FromMinutes(1));
        lines.All.Should().Contain(line => line.Contains("1 of 1 points wait", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_service_that_fails_fails_the_run()
    {
        HostApplicationBuilder builder = Builder();
        using Run run = Run.InMemory();
        builder.Services.AddSingleton(run);
        builder.Services.AddMetranaRun(options => options.Project = "p");
        builder.Services.AddHostedService<Failing>();
        using IHost host = builder.Build();
        await host.RunAsync();

        run.Recording.Outcome.Should().Be(RunOutcome.Failed);
        run.Recording.Message.Should().Be("InvalidOperationException: the loss is NaN");
    }

    [Fact]
    public async Task What_cannot_work_is_said_at_once_and_together()
    {
        HostApplicationBuilder builder = Builder(("Metrana:QueueBytes", "0"), ("Metrana:StartTimeout", "-1"));
        builder.Services.AddMetranaRun(builder.Configuration.GetSection("Metrana"));
        using IHost host = builder.Build();

        (await FluentActions.Awaiting(() => host.StartAsync()).Should().ThrowAsync<OptionsValidationException>())
            .Which.Failures.Should().HaveCount(3).And.Contain(failure => failure.Contains("Project is not set", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_cannot_be_read_is_said_without_repeating_it()
    {
        HostApplicationBuilder builder = Builder(
            ("Metrana:Project", "p"), ("Metrana:QueueBytes", "secret"), ("Metrana:Nonsense", "secret"), ("Metrana:Resume", "Allow"));
        builder.Services.AddMetranaRun(builder.Configuration.GetSection("Metrana"));
        using IHost host = builder.Build();

        OptionsValidationException thrown = (await FluentActions.Awaiting(() => host.StartAsync()).Should().ThrowAsync<OptionsValidationException>()).Which;
        thrown.Failures.Should().HaveCount(2);
        thrown.Message.Should().Contain("Metrana:QueueBytes is not a whole number").And.Contain("Metrana:Nonsense is no setting");
        thrown.Message.Should().NotContain("secret");
    }

    [Fact]
    [ParityRow("client/log-lines", "LoggerFactory", "host")]
    public void Code_has_the_last_word_and_the_lines_of_a_run_go_to_the_host()
    {
        HostApplicationBuilder builder = Builder(("Metrana:Project", "p"), ("Metrana:Name", "a"), ("Metrana:EnqueueTimeout", "0.5"));
        builder.Services.AddMetranaRun(builder.Configuration.GetSection("Metrana"), options => options.Name = "b");
        using IHost host = builder.Build();
        RunOptions options = host.Services.GetRequiredService<IOptions<RunOptions>>().Value;

        options.Name.Should().Be("b");
        options.EnqueueTimeout.Should().Be(TimeSpan.FromSeconds(0.5));
        options.LoggerFactory.Should().BeSameAs(host.Services.GetRequiredService<ILoggerFactory>());
    }

    [Fact]
    public async Task A_disabled_run_can_be_injected()
    {
        HostApplicationBuilder builder = Builder(("Metrana:Project", "p"), ("Metrana:Disabled", "true"));
        builder.Services.AddMetranaRun(builder.Configuration.GetSection("Metrana"));
        builder.Services.AddHostedService<Trainer>();
        using IHost host = builder.Build();
        await host.StartAsync();
        await host.StopAsync();

        host.Services.GetRequiredService<Run>().Should().BeSameAs(Run.Disabled);
    }

    private static HostApplicationBuilder Builder(params (string Key, string Value)[] settings)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(
        [
            .. settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)),
            KeyValuePair.Create("Metrana:Print", (string?)"false"),
            KeyValuePair.Create("Metrana:LogSystemMetrics", (string?)"false"),
            KeyValuePair.Create("Metrana:LogGitCommit", (string?)"false"),
            KeyValuePair.Create("Metrana:LogProcessFacts", (string?)"false"),
        ]);
        return builder;
    }

    private sealed class Trainer(Run run) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            run.Log("loss", [1.0, 2.0]);
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            run.Log("loss", 3.0);
            return Task.CompletedTask;
        }
    }

    private sealed class Failing(Run run) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await Task.Yield();
            run.Log("loss", double.NaN);
            throw new InvalidOperationException("the loss is NaN");
        }
    }

    private sealed class Lines : ILoggerProvider, ILogger
    {
        private readonly List<string> _lines = [];

        public IReadOnlyList<string> All
        {
            get
            {
                lock (_lines)
                {
                    return [.. _lines];
                }
            }
        }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_lines)
            {
                _lines.Add(formatter(state, exception));
            }
        }

        public void Dispose()
        {
        }
    }
}
