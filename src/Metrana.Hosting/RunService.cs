using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Metrana.Hosting;

/// <summary>
/// Starts the run of a host before its other services, and closes it after them: what they log while they stop still counts.
/// </summary>
internal sealed partial class RunService(IServiceProvider services, ILogger<RunService> log) : IHostedLifecycleService
{
    /// <summary>It starts when it is first asked for, which a service that is made with the run has done already.</summary>
    public Task StartingAsync(CancellationToken cancellationToken) =>
        Task.Run(services.GetRequiredService<Run>, cancellationToken).WaitAsync(cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <param name="cancellationToken">The host's stop timeout is over.</param>
    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        Run run = services.GetRequiredService<Run>();
        foreach (BackgroundService service in services.GetServices<IHostedService>().OfType<BackgroundService>())
        {
            // The host says why it stops to its log only.
            if (service.ExecuteTask is { IsFaulted: true, Exception: { } exception })
            {
                run.Fail(exception.InnerException ?? exception);
            }
        }

        Task closed = run.DisposeAsync().AsTask();
        try
        {
            await closed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            RunDelivery delivery = run.Delivery;
            OutOfTime(log, run.ToString(), delivery.Pending, delivery.Added);
        }
    }

    [LoggerMessage(
        EventId = 1,
        Level = LogLevel.Warning,
        Message = "The host's stop timeout is over before the run {Run} has delivered everything: {Pending} of {Added} points wait. HostOptions.ShutdownTimeout is the time that it has.")]
    private static partial void OutOfTime(ILogger log, string run, long pending, long added);
}
