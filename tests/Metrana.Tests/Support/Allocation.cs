namespace Metrana.Tests.Support;

/// <summary>What a call leaves to the garbage collector.</summary>
internal static class Allocation
{
    private const int Calls = 2000;

    public static long OfOneCall(Action call)
    {
        for (int i = 0; i < Calls; i++)
        {
            call();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Calls; i++)
        {
            call();
        }

        // What happens once in thousands of calls, such as a table that grows, is no cost of a call.
        return (GC.GetAllocatedBytesForCurrentThread() - before) / Calls;
    }
}
