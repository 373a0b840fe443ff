using System.Security.Cryptography;
using System.Text;
using Metrana.Syvain.Delivery;

namespace Metrana.Syvain.Local;

/// <summary>Opens experiments that no service knows.</summary>
/// <param name="name">What it is called in texts.</param>
/// <param name="destination">Makes the destination of an experiment by its slug.</param>
internal sealed class LocalBackend(string name, Func<string, IDestination> destination) : ICollectorBackend
{
    private const int IdLength = 16;

    public string Name => name;

    public void Dispose()
    {
    }

    public Task<OpenedExperiment> OpenAsync(string slug, ExperimentOptions options, byte[] meta, CancellationToken cancellationToken)
    {
        string id = $"local_{Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(slug)))[..IdLength].ToLowerInvariant()}";
        return Task.FromResult(new OpenedExperiment(id, new Uri($"local://syvain-metrics/experiments/{id}"), destination(slug)));
    }
}

/// <summary>Takes everything and keeps nothing.</summary>
internal sealed class NoDestination : IDestination
{
    public Task SendAsync(IReadOnlyList<MetricItem> metrics, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task SendAsync(AnnotationItem annotation, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task SendAsync(StatusItem status, CancellationToken cancellationToken) => Task.CompletedTask;
}
