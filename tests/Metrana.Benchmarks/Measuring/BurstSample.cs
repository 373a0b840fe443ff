namespace Benchmarks.Measuring;

/// <summary>What one burst took.</summary>
internal readonly record struct BurstSample
{
    public required long Points { get; init; }

    /// <summary>From the first call to the return of the last.</summary>
    public required double EnqueueSeconds { get; init; }

    /// <summary>What the threads that called paid meanwhile.</summary>
    public required CallerCost Caller { get; init; }

    /// <summary>From the return of the last call to the last acknowledgement.</summary>
    public required double DrainLagSeconds { get; init; }

    /// <summary>Of the whole process, from the first call to the last acknowledgement.</summary>
    public required double CpuSeconds { get; init; }

    /// <summary>How much of that went into looking whether the last acknowledgement had come.</summary>
    public required double WatchCpuSeconds { get; init; }

    public required double PeakRssMiB { get; init; }

    public required double SteadyRssMiB { get; init; }

    public required long WireBytes { get; init; }

    public required int Collections { get; init; }
}
