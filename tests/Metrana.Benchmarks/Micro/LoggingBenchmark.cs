using BenchmarkDotNet.Attributes;
using Benchmarks.Floors;
using Metrana.Native;

namespace Benchmarks.Micro;

/// <summary>A class of benchmarks that log.</summary>
public abstract class LoggingBenchmark : IDisposable
{
    private DrainedLogger? _drained;
    private WarmMemory? _memory;

    private protected Logger Logger => _drained!.Logger;

    /// <summary>What the floor copies into.</summary>
    private protected WarmMemory Memory => _memory!;

    /// <summary>As many bytes as an iteration logs, so that copies and calls go to the same cache.</summary>
    private protected abstract long IterationBytes { get; }

    /// <summary>Opens the logger and what is logged with.</summary>
    [GlobalSetup]
    public void Open()
    {
        _drained = new DrainedLogger();
        _memory = new WarmMemory(IterationBytes);
        Prepare();
    }

    /// <summary>Empties the queue.</summary>
    [IterationSetup]
    public void Drain() => _drained!.Drain();

    /// <summary>Checks that everything arrived.</summary>
    [GlobalCleanup]
    public void Close() => Dispose();

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes the logger and frees the memory, once.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _memory?.Dispose();
            _memory = null;
            DrainedLogger? drained = _drained;
            _drained = null;
            if (drained is not null)
            {
                MicroChecks.Run(drained.Dispose);
            }
        }
    }

    private protected abstract void Prepare();
}
