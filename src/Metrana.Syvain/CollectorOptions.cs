using System.Globalization;
using Metrana.Syvain.Delivery;
using Microsoft.Extensions.Logging;

namespace Metrana.Syvain;

/// <summary>How a collector reaches the service and how it batches.</summary>
public sealed record CollectorOptions
{
    /// <summary>The variable that the API key comes from where <see cref="ApiKey"/> is left out.</summary>
    public const string ApiKeyVariable = "SYVAIN_METRICS_API_KEY";

    /// <summary>
    /// The organization's API key; if omitted, the variable <see cref="ApiKeyVariable"/>. <c>local</c> and <c>local-dev</c> read
    /// the file that the service's command line wrote at its login.
    /// </summary>
    public string? ApiKey { get; init; }

    /// <summary>The address of the service; left out, the one of the login file, and else https://metrics.syvain.com.</summary>
    public string? Host { get; init; }

    /// <summary>How long one try of a request may take that opens an experiment, or sends an annotation or a status.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long one try of a request with metrics may take.</summary>
    public TimeSpan IngestTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long the first item waits for others before they are sent together.</summary>
    public TimeSpan FlushDelay { get; init; } = TimeSpan.FromSeconds(0.25);

    /// <summary>How many metrics and annotations of one experiment may wait. Beyond it the oldest metrics go first, and are counted.</summary>
    public int MaxQueueItems { get; init; } = 100_000;

    /// <summary>How many items go in one request; at most 1000.</summary>
    public int MaxBatchItems { get; init; } = 500;

    /// <summary>How often an item that could not be delivered is tried again in later flushes; null: for as long as the process lives.</summary>
    public int? MaxRetries { get; init; }

    /// <summary>
    /// Gives metrics without a timestamp the time at which they were logged. Otherwise the service gives them the time at which
    /// they arrive, which is later by as long as they waited.
    /// </summary>
    public bool StampMetrics { get; init; }

    /// <summary>How long the end of the process, and disposing the collector, may wait for what is not delivered yet.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Where warnings go; left out, standard error.</summary>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>Sends the requests, for proxies and certificates of your own. The collector does not dispose it.</summary>
    public HttpMessageHandler? HttpHandler { get; init; }

    /// <summary>Tells the time and waits.</summary>
    internal DeliveryClock Clock { get; init; } = new();

    /// <summary>The options without the key.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{nameof(CollectorOptions)} {{ Host = {Host}, ApiKey = {(ApiKey is null ? "" : "***")}, MaxQueueItems = {MaxQueueItems}, MaxBatchItems = {MaxBatchItems}, MaxRetries = {MaxRetries} }}");

    /// <exception cref="ArgumentException">Something cannot work; all of it is in the message.</exception>
    internal void Check()
    {
        List<string> problems = [];
        Positive(nameof(Timeout), Timeout);
        Positive(nameof(IngestTimeout), IngestTimeout);
        Positive(nameof(CloseTimeout), CloseTimeout);
        if (FlushDelay < TimeSpan.Zero || FlushDelay.TotalMilliseconds > int.MaxValue)
        {
            problems.Add($"{nameof(FlushDelay)} is {FlushDelay}; it is 0 or more");
        }

        if (MaxQueueItems < 1)
        {
            problems.Add($"{nameof(MaxQueueItems)} is {MaxQueueItems}; it is 1 or more");
        }

        if (MaxBatchItems is < 1 or > Limits.BatchItems)
        {
            problems.Add($"{nameof(MaxBatchItems)} is {MaxBatchItems}; the service takes 1 to {Limits.BatchItems} items in a request");
        }

        if (MaxRetries < 0)
        {
            problems.Add($"{nameof(MaxRetries)} is {MaxRetries}; it is 0 or more, or null to try for ever");
        }

        if (problems.Count > 0)
        {
            throw new ArgumentException($"{string.Join(". ", problems)}.", "options");
        }

        void Positive(string name, TimeSpan time)
        {
            if (time <= TimeSpan.Zero || time.TotalMilliseconds > int.MaxValue)
            {
                problems.Add($"{name} is {time}; it is longer than 0");
            }
        }
    }
}
