using Metrana.Syvain.Local;

namespace Metrana.Syvain;

/// <summary>A collector that takes everything, checks and counts it as the others do, and sends it nowhere: for tests and dry runs.</summary>
public sealed class NoopCollector : Collector
{
    /// <summary>A collector into nothing.</summary>
    /// <param name="options">How it batches. Keys and addresses are not used.</param>
    /// <exception cref="ArgumentException">An option cannot work.</exception>
    public NoopCollector(CollectorOptions? options = null)
        : base(options ?? new(), static () => new LocalBackend("nowhere", static _ => new NoDestination()))
    {
    }
}
