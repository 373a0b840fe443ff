using System.Runtime.CompilerServices;
using Metrana.Native.Tests.Support;
using Metrana.Server;

namespace Metrana.Native.Tests;

/// <summary>Loggers that nobody disposed and nobody refers to, while the service does not answer.</summary>
public sealed class ForgottenTests : IAsyncLifetime
{
    /// <summary>More than the pool would start threads for while the test waits.</summary>
    private const int Count = 150;

    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(30);

    private LocalServer _server = null!;

    public async Task InitializeAsync() => _server = await Runs.StartFaultyServerAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    /// <summary>A thread of the pool for each would leave none for the program.</summary>
    [Fact]
    public async Task They_are_closed_without_a_thread_each()
    {
        await _server.Faults.StallAsync();
        HashSet<ulong> ids = Forget();
        LoggerCore[] forgotten = [.. ExitGuard.Snapshot().Where(core => ids.Contains(core.Info.LoggerId))];
        forgotten.Should().HaveCount(Count);

        await Eventually.ShouldAsync(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return forgotten.All(core => core.Disposed);
            },
            "the closing of each has begun");
        await Task.Run(static () => { }).WaitAsync(_deadline);

        await _server.Faults.ClearAsync();
        await Eventually.ShouldAsync(() => !ExitGuard.Snapshot().Intersect(forgotten).Any(), "each has ended");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private HashSet<ulong> Forget()
    {
        HashSet<ulong> ids = [];
        for (int i = 0; i < Count; i++)
        {
            LoggerConfig config = Runs.Config(_server);
            config.CloseTimeout = Timeout.InfiniteTimeSpan;
            Logger logger = new(config);
            logger.LogStdFloats("m", Scale.MlStep, 1);
            ids.Add(logger.LoggerId);
        }

        return ids;
    }
}
