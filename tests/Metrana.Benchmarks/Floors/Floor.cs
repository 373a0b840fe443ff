using Benchmarks.Measuring;

namespace Benchmarks.Floors;

/// <summary>Something that is measured by calling it many times in a row.</summary>
/// <param name="calls">Calls of a round.</param>
/// <param name="loop">Makes that many calls.</param>
internal sealed class Floor(int calls, Action<int> loop)
{
    private readonly List<double> _rounds = [];

    /// <summary>CPU nanoseconds of a call, loop included, over all rounds.</summary>
    public MinMedianMax Ns => MinMedianMax.Of(_rounds);

    /// <summary>One round more.</summary>
    public void Round()
    {
        double cpu = Clocks.OfThread;
        loop(calls);
        _rounds.Add((Clocks.OfThread - cpu) * 1e9 / calls);
    }

    /// <summary>A round that compiles the code and warms the memory.</summary>
    public void WarmUp() => loop(calls);
}
