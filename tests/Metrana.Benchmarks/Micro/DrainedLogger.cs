using Benchmarks.Serving;
using Metrana.Native;

namespace Benchmarks.Micro;

/// <summary>A logger to a local server, for the benchmarks of one class: empty before each iteration, and checked at the end.</summary>
internal sealed class DrainedLogger : IDisposable
{
    private const long QueueBytes = 256 << 20;

    private readonly Target _target;
    private long _mostPending;

    public DrainedLogger()
    {
        _target = Target.OpenAsync(new TargetOptions { QueueBytes = QueueBytes }).GetAwaiter().GetResult();
        Logger = _target.OpenLogger();
    }

    public Logger Logger { get; }

    /// <summary>Before an iteration: everything of the one before is acknowledged, and its chunks rest.</summary>
    public void Drain()
    {
        _mostPending = Math.Max(_mostPending, Logger.GetMetrics().PendingBytes);
        Logger.Flush();
    }

    /// <summary>At the end: everything was taken without waiting for room, and everything arrived.</summary>
    public void Dispose()
    {
        try
        {
            Drain();
            Metrics metrics = Logger.GetMetrics();
            // How many calls were made is the tool's secret; what they were given is what they added.
            Delivered added = new(
                metrics.FloatPoints.Added, metrics.RlFloatPoints.Added, metrics.HistogramPoints.Added, metrics.AttributeUpdates.Added);
            _target.CloseAndVerifyAsync(Logger, added).GetAwaiter().GetResult();
            if (_mostPending > QueueBytes / 2)
            {
                throw new NotDeliveredException($"{_mostPending >> 20} MiB were waiting at once: calls may have waited for room, and that was measured.");
            }
        }
        finally
        {
            Logger.Dispose();
            _target.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }
}
