using System.Globalization;
using Metrana.Syvain.Delivery;
using Microsoft.Extensions.Logging;

namespace Metrana.Syvain;

/// <summary>The options of a collector: the connection to the service and the batching.</summary>
public sealed record CollectorOptions
{
    /// <summary>The environment variable with the API key that is used if <see cref="ApiKey"/> is not set.</summary>
    public const string ApiKeyVariable = "SYVAIN_METRICS_API_KEY";

    /// <summary>
    /// The organization's API key; if omitted, the value of the variable <see cref="ApiKeyVariable"/>. <c>local</c> and
    /// <c>local-dev</c> read the key from the file that the service's command-line tool wrote at login.
    /// </summary>
    public string? ApiKey { get; init; }

    /// <summary>The address of the service. Default: the address in the login file, or otherwise https://metrics.syvain.com.</summary>
    public string? Host { get; init; }

    /// <summary>How long one attempt of a request that opens an experiment, or sends an annotation or a status, may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long one attempt of a request with metrics may take.</summary>
    public TimeSpan IngestTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long the first item waits for others before they are sent together.</summary>
    public TimeSpan FlushDelay { get; init; } = TimeSpan.FromSeconds(0.25);

    /// <summary>
    /// The maximum number of waiting metrics and annotations of one experiment. Beyond it, the oldest metrics are dropped first, and
    /// counted.
    /// </summary>
    public int MaxQueueItems { get; init; } = 100_000;

    /// <summary>The maximum number of items in one request; at most 1000.</summary>
    public int MaxBatchItems { get; init; } = 500;

    /// <summary>
    /// How often later flushes retry an item that could not be delivered; null retries for as long as the process lives.
    /// </summary>
    public int? MaxRetries { get; init; }

    /// <summary>
    /// Whether metrics without a timestamp get the time at which they were logged. Otherwise the service gives them their time of
    /// arrival, which is later by the time they waited.
    /// </summary>
    public bool StampMetrics { get; init; }

    /// <summary>How long the end of the process, and disposing the collector, may wait for data that is not yet delivered.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Receives warnings. Default: standard error.</summary>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>
    /// The handler that sends the requests, for example with a proxy or custom certificates. The collector does not dispose it.
    /// </summary>
    public HttpMessageHandler? HttpHandler { get; init; }

    /// <summary>Tells the time and waits.</summary>
    internal DeliveryClock Clock { get; init; } = new();

    /// <summary>Returns the options, without the key.</summary>
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
