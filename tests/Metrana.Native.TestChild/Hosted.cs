using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Metrana.Native.TestChild;

/// <summary>A trainer under a generic host, which owns the signal and disposes what it made.</summary>
internal static class Hosted
{
    /// <summary>The host listens for signals before there is a logger, or after.</summary>
    public static async Task AwaitSignalAsync(string endpoint, string run, bool hostFirst)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(_ => Ends.LogPoints(endpoint, run));
        builder.Services.AddHostedService<Trainer>();
        using IHost host = builder.Build();
        if (!hostFirst)
        {
            _ = host.Services.GetRequiredService<Logger>();
        }

        await host.RunAsync();
    }

    /// <summary>A host that was built for its services and never runs: it hears no signal.</summary>
    public static void AwaitSignalWithoutRunning(string endpoint, string run)
    {
        using IHost host = Host.CreateEmptyApplicationBuilder(null).Build();
        Ends.AwaitSignal(endpoint, run);
    }

    /// <summary>Has something to say when it is told to stop.</summary>
    private sealed class Trainer(IServiceProvider services, IHostApplicationLifetime lifetime) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await Happens(lifetime.ApplicationStarted);
            Logger logger = services.GetRequiredService<Logger>();
            Runs.Say("ready");
            await Happens(stoppingToken);
            logger.LogStdFloats("last-words", Scale.MlStep, 1);
        }

        private static Task Happens(CancellationToken token)
        {
            TaskCompletionSource happens = new(TaskCreationOptions.RunContinuationsAsynchronously);
            token.Register(happens.SetResult);
            return happens.Task;
        }
    }
}
