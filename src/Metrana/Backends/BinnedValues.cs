using Metrana.Native;

namespace Metrana.Backends;

/// <summary>The bins of one histogram: how many values each holds, or how densely they lie in it.</summary>
internal readonly ref struct BinnedValues
{
    public ReadOnlySpan<double> Edges { get; init; }

    public ReadOnlySpan<long> Counts { get; init; }

    /// <summary>Empty where there are counts.</summary>
    public ReadOnlySpan<double> Densities { get; init; }

    public HistogramStats? Stats { get; init; }
}
