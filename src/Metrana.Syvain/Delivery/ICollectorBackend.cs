namespace Metrana.Syvain.Delivery;

/// <summary>Where the experiments of a collector go.</summary>
internal interface ICollectorBackend : IDisposable
{
    /// <summary>What it is called in texts.</summary>
    string Name { get; }

    /// <exception cref="CollectorException">It could not be opened.</exception>
    Task<OpenedExperiment> OpenAsync(string slug, ExperimentOptions options, byte[] meta, CancellationToken cancellationToken);
}

/// <summary>An experiment that is open.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Url">Where people look at it.</param>
/// <param name="Destination">Where its items go.</param>
internal sealed record OpenedExperiment(string Id, Uri Url, IDestination Destination);
