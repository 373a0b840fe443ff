using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Metrana.Extensions.Logging.Tests;

/// <summary>The provider in a host, and beside traces.</summary>
public class HostTests
{
    [Fact]
    public void A_host_has_its_own_run_logged_to()
    {
        using Run run = Run.InMemory();
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(run);
        builder.Logging.AddMetrana().AddMetrana(options => options.Scale = Scale.Episode);
        using (IHost host = builder.Build())
        {
            Events.Train(host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("ppo"), "ACT", 1, 2);
            host.Services.GetServices<ILoggerProvider>().OfType<MetranaLoggerProvider>().Should().ContainSingle("added twice it is one").Subject
                .Flush(TimeSpan.FromSeconds(30)).Should().BeTrue("it finds the run");
        }

        run.Recording.Points.Should().ContainSingle()
            .Which.Should().Match<LoggedPoint>(point => point.Metric == "actor/critic_loss" && point.Step == 2 && point.Scale == Scale.Episode);
    }

    [Fact]
    public void Filters_know_it_by_its_name()
    {
        using Run run = Run.InMemory();
        using (ILoggerFactory factory = LoggerFactory.Create(builder => builder.AddMetrana(run).AddFilter<MetranaLoggerProvider>("noise", LogLevel.None)))
        {
            Events.Train(factory.CreateLogger("noise"), "TRAIN", 1, 1);
            Events.Train(factory.CreateLogger("ppo"), "TRAIN", 2, 2);
        }

        run.Recording.Points.Select(point => point.Value).Should().Equal(2.0);
        typeof(MetranaLoggerProvider).GetCustomAttributes(typeof(ProviderAliasAttribute), false)
            .Cast<ProviderAliasAttribute>().Should().ContainSingle(alias => alias.Alias == "Metrana");
    }

    [Fact]
    [ParityRow("telemetry/both-pipelines", "same", "events", "step")]
    public void The_same_events_reach_traces_and_so_do_those_without_a_step()
    {
        using Logging logging = new(options => options.AddToActivity = true);
        using ActivitySource source = new("HostTests.traces");
        using ActivityListener listener = new()
        {
            ShouldListenTo = one => one.Name == source.Name,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        Activity update = source.StartActivity("update")!;
        Events.Train(logging.Log, "TRAINER", 0.5, 100);
        Events.Quiet(logging.Log, "TRAINER", "warm-up");
        update.Stop();
        Events.Train(logging.Log, "TRAINER", 0.25, 200);

        logging.Points.Should().Equal(("trainer/critic_loss", 0.5, 100), ("trainer/critic_loss", 0.25, 200));
        update.Events.Select(one => one.Name).Should().Equal("train", "quiet");
        update.Events.First().Tags.Should().Contain(
        [
            KeyValuePair.Create<string, object?>("category", "TRAINER"), KeyValuePair.Create<string, object?>("critic_loss", 0.5),
            KeyValuePair.Create<string, object?>("timesteps", 100L), KeyValuePair.Create<string, object?>("logger", "ppo"),
        ]);
    }
}
