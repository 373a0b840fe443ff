using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Metrana.Native.TestChild;

/// <summary>A trainer under a generic host, which owns the signal and disposes what it made.</summary>
internal static class Hosted
{
    public static async Task AwaitSignalAsync(string endpoint, string run)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(_ => Ends.LogPoints(endpoint, run));
        builder.Services.AddHostedService<Trainer>();
        using IHost host = builder.Build();

        // The host listens for the signal before there is a logger, so the logger's own handler is asked first.
        await host.RunAsync();
    }

    /// <summary>Has something to say when it is told to stop.</summary>
    private sealed class Trainer(IServiceProvider services, IHostApplicationLifetime lifetime) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await Task.Delay(Timeout.Infinite, lifetime.ApplicationStarted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Logger logger = services.GetRequiredService<Logger>();
            Runs.Say("ready");
            await Task.Delay(Timeout.Infinite, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            logger.LogStdFloats("last-words", Scale.MlStep, 1);
        }
    }
}
