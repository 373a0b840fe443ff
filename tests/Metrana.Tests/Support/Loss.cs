using Metrana.Server;

namespace Metrana.Tests.Support;

/// <summary>A point that a service refuses for good.</summary>
internal static class Loss
{
    /// <summary>Logs a point of <c>loss</c> and waits until the run has given it up.</summary>
    public static async Task OfOnePointAsync(LocalServer server, Run run, string why)
    {
        long reported = run.Metrics.ErrorsReported;

        // Refused with others in the window, and then alone: that is what makes it a loss.
        await server.Faults.FailAsync(FaultStage.Data, "INVALID_ARGUMENT", why, times: 2);
        run.Log("loss", 1.0);
        await Eventually.ShouldAsync(() => run.Metrics.ErrorsReported > reported, "the point is given up");
        await server.Faults.ClearAsync();
    }
}
