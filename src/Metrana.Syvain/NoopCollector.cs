using Metrana.Syvain.Local;

namespace Metrana.Syvain;

/// <summary>A collector that validates and counts everything like other collectors but sends nothing, for tests and dry runs.</summary>
public sealed class NoopCollector : Collector
{
    /// <summary>Creates a collector that sends nothing.</summary>
    /// <param name="options">The options for batching. Keys and addresses are not used.</param>
    /// <exception cref="ArgumentException">An option is invalid.</exception>
    public NoopCollector(CollectorOptions? options = null)
        : base(options ?? new(), static () => new LocalBackend("nowhere", static _ => new NoDestination()))
    {
    }
}
