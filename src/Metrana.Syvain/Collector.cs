using Metrana.Syvain.Api;
using Metrana.Syvain.Delivery;

namespace Metrana.Syvain;

/// <summary>
/// Sends experiments to Syvain Metrics. Metrics and annotations are queued and sent in the background; while the service
/// is unavailable, nothing is delayed, and nothing is lost until the queue is full.
/// </summary>
/// <remarks>All members can be called from any thread.</remarks>
/// <example>
/// <code>
/// await using Collector collector = new("ak_org_...");
/// Experiment experiment = await collector.OpenExperimentAsync("mamba-run-001", new() { Meta = new() { ["model"] = "mamba" } });
/// await experiment.RunAsync(() =>
/// {
///     for (int step = 0; step &lt; 1000; step++)
///     {
///         experiment.Metric("loss", 1.0 / (step + 1), step, new() { ["split"] = "train" });
///     }
/// });
/// await experiment.FlushOrThrowAsync();
/// </code>
/// </example>
public class Collector : IAsyncDisposable
{
    private readonly CollectorOptions _options;
    private readonly ICollectorBackend _backend;
    private readonly Warnings _warnings;
    private readonly object _gate = new();
    private readonly Dictionary<string, Task<Experiment>> _experiments = new(StringComparer.Ordinal);

    private Experiment? _active;
    private bool _closed;

    /// <summary>Creates a collector with the API key of an organization and default options.</summary>
    /// <param name="apiKey">The key, or <c>local</c> for the key that the service's command-line tool has stored.</param>
    /// <exception cref="ArgumentException">The key is empty or none.</exception>
    public Collector(string apiKey)
        : this(new CollectorOptions { ApiKey = apiKey ?? throw new ArgumentNullException(nameof(apiKey)) })
    {
    }

    /// <summary>Creates a collector. Settings that the options omit come from the environment.</summary>
    /// <param name="options">The options; the defaults if omitted.</param>
    /// <exception cref="ArgumentException">There is no key, or an option is invalid.</exception>
    public Collector(CollectorOptions? options = null)
        : this(options ?? new(), () => new ServiceBackend(options ?? new(), Environment.GetEnvironmentVariable))
    {
    }

    private protected Collector(CollectorOptions options, Func<ICollectorBackend> backend)
    {
        options.Check();
        (_options, _backend, _warnings) = (options, backend(), new Warnings(options.LoggerFactory, options.Clock));
    }

    /// <summary>The open experiments.</summary>
    public IReadOnlyList<Experiment> Experiments
    {
        get
        {
            lock (_gate)
            {
                return [.. _experiments.Values.Where(one => one.IsCompletedSuccessfully).Select(one => one.Result)];
            }
        }
    }

    internal CollectorOptions Options => _options;

    internal Warnings Warnings => _warnings;

    /// <summary>
    /// Opens an experiment. A collector has one experiment for each slug: opening the slug again returns the same object and ignores the
    /// options.
    /// </summary>
    /// <param name="slug">The name of the experiment: 1 to 200 characters.</param>
    /// <param name="options">The description, metadata and folder.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="ArgumentException">The slug or an option is invalid. Nothing was sent.</exception>
    /// <exception cref="CollectorException">The service did not create the experiment.</exception>
    /// <exception cref="ObjectDisposedException">The collector is closed.</exception>
    public async Task<Experiment> OpenExperimentAsync(
        string slug, ExperimentOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        Limits.CheckSlug(slug);
        options.Check();
        byte[] meta = Metadata.Encode(options.Meta);
        Task<Experiment> opening;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            if (!_experiments.TryGetValue(slug, out opening!))
            {
                opening = OpenAsync(slug, options, meta, cancellationToken);
                _experiments.Add(slug, opening);
            }
        }

        try
        {
            return await opening.ConfigureAwait(false);
        }
        catch
        {
            // The next call tries again.
            lock (_gate)
            {
                if (_experiments.TryGetValue(slug, out Task<Experiment>? known) && known == opening)
                {
                    _experiments.Remove(slug);
                }
            }

            throw;
        }
    }

    /// <summary>Tries once to deliver what all experiments have logged so far.</summary>
    /// <param name="cancellationToken">Cancels the wait. Nothing is lost.</param>
    public async Task<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
        FlushResult.Sum(await Task.WhenAll(Experiments.Select(one => one.FlushAsync(cancellationToken))).ConfigureAwait(false));

    /// <summary>Tries to deliver what all experiments have logged so far.</summary>
    /// <param name="retries">The number of retries.</param>
    /// <param name="cancellationToken">Cancels the wait. Nothing is lost.</param>
    /// <exception cref="CollectorException">Something was not delivered, or was lost since the last call.</exception>
    public async Task<FlushResult> FlushOrThrowAsync(int retries = 3, CancellationToken cancellationToken = default) =>
        FlushResult.Sum(await Task.WhenAll(Experiments.Select(one => one.FlushOrThrowAsync(retries, cancellationToken))).ConfigureAwait(false));

    /// <summary>
    /// Delivers pending data, for at most <see cref="CollectorOptions.CloseTimeout"/>. Data that is left after that is lost, counted and
    /// reported. No status is sent; call <see cref="Experiment.Done"/> for that.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            _closed = true;
        }

        await Task.WhenAll(Experiments.Select(one => one.CloseAsync())).ConfigureAwait(false);
        _backend.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Returns the destination, without the key.</summary>
    public override string ToString() => $"{GetType().Name} to {_backend.Name}";

    /// <summary>Makes an experiment the active one, of which a collector has one.</summary>
    internal void Activate(Experiment experiment)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            if (_active is { } other && other != experiment)
            {
                throw new InvalidOperationException(
                    $"The experiment '{other.Slug}' is active, and a collector has one at a time. Call Done or Error on it, or use a collector for each.");
            }

            _active = experiment;
        }
    }

    internal void Deactivate(Experiment experiment)
    {
        lock (_gate)
        {
            _active = _active == experiment ? null : _active;
        }
    }

    private async Task<Experiment> OpenAsync(string slug, ExperimentOptions options, byte[] meta, CancellationToken cancellationToken) =>
        new(this, slug, await _backend.OpenAsync(slug, options, meta, cancellationToken).ConfigureAwait(false));
}
