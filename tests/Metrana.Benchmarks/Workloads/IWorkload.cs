using Benchmarks.Measuring;
using Benchmarks.Serving;
using Metrana.Native;

namespace Benchmarks.Workloads;

/// <summary>Something to log, again and again: each burst brings the same number of points.</summary>
internal interface IWorkload : IDisposable
{
    /// <summary>The loggers that it goes to.</summary>
    IReadOnlyList<Logger> Loggers { get; }

    /// <summary>What each logger gets in a burst.</summary>
    Delivered PerLogger { get; }

    /// <summary>Logs one burst and returns when the last call has.</summary>
    CallerCost Enqueue();
}
