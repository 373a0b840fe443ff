namespace Benchmarks.Measuring;

/// <summary>What the threads that log have paid for it.</summary>
/// <param name="CpuSeconds">Their CPU time.</param>
/// <param name="ManagedBytes">What they left to the garbage collector.</param>
internal readonly record struct CallerCost(double CpuSeconds, long ManagedBytes)
{
    public static CallerCost operator +(CallerCost left, CallerCost right) =>
        new(left.CpuSeconds + right.CpuSeconds, left.ManagedBytes + right.ManagedBytes);

    /// <summary>What the calling thread pays for something.</summary>
    public static CallerCost Of(Action action)
    {
        long bytes = GC.GetAllocatedBytesForCurrentThread();
        double cpu = Clocks.OfThread;
        action();
        cpu = Clocks.OfThread - cpu;
        return new CallerCost(cpu, GC.GetAllocatedBytesForCurrentThread() - bytes);
    }
}
