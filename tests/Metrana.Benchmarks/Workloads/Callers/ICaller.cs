namespace Benchmarks.Workloads.Callers;

/// <summary>A way to log that does its work behind the caller's back: what it costs is what the calling thread pays.</summary>
internal interface ICaller : IAsyncDisposable
{
    /// <summary>Calls on the calling thread.</summary>
    /// <param name="first">The step of the first.</param>
    /// <param name="calls">How many.</param>
    void Call(int first, int calls);

    /// <summary>Waits until nothing is left in a queue: what does not fit is dropped, and dropping costs less.</summary>
    /// <exception cref="Serving.NotDeliveredException">It takes too long.</exception>
    Task SettleAsync();

    /// <summary>Ends it, and compares what arrived with what was logged.</summary>
    /// <param name="calls">How many there were in all.</param>
    /// <exception cref="Serving.NotDeliveredException">Something is missing.</exception>
    Task EndAsync(int calls);
}
