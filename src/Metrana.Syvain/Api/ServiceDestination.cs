using System.Text.Json;
using Metrana.Syvain.Delivery;

namespace Metrana.Syvain.Api;

/// <summary>One experiment of the service: what it is sent, and the short-lived key that its data is written with.</summary>
/// <param name="api">Makes the requests.</param>
/// <param name="id">The experiment's id.</param>
/// <param name="apiKey">The organization's key.</param>
/// <param name="options">Timeouts and the clock.</param>
internal sealed class ServiceDestination(ApiClient api, string id, Secret apiKey, CollectorOptions options) : IDestination
{
    private const string KeyName = "SDK ingestion key";

    /// <summary>A key that has less time left may run out on its way.</summary>
    private static readonly TimeSpan _leastLeft = TimeSpan.FromMinutes(5);

    private readonly string _path = $"api/v1/experiments/{Uri.EscapeDataString(id)}";

    private Secret? _key;
    private DateTimeOffset _expires;

    public async Task SendAsync(IReadOnlyList<MetricItem> metrics, CancellationToken cancellationToken)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(
            new IngestMetrics([.. metrics.Select(IngestMetric.Of)]), PayloadContext.Default.IngestMetrics);
        IngestAnswer answer = await WithKeyAsync(
            key => api.CallAsync(
                new ApiRequest(HttpMethod.Post, $"{_path}/ingest", key, options.IngestTimeout, body, Guid.NewGuid()),
                PayloadContext.Default.IngestAnswer,
                cancellationToken),
            cancellationToken).ConfigureAwait(false);
        if (!answer.Ok || answer.Mode is not ("sync" or "queued"))
        {
            throw new DeliveryException(FailureKind.Refused, $"POST {_path}/ingest was answered with the mode '{answer.Mode}', which is neither 'sync' nor 'queued'.");
        }
    }

    public async Task SendAsync(AnnotationItem annotation, CancellationToken cancellationToken)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(
            new Annotate(annotation.Text, new RawJson(annotation.Metadata)), PayloadContext.Default.Annotate);
        await WithKeyAsync(
            async key =>
            {
                try
                {
                    return await api.CallAsync(
                        new ApiRequest(HttpMethod.Post, $"{_path}/annotations", key, options.Timeout, body, annotation.IdempotencyKey),
                        PayloadContext.Default.AnnotationAnswer,
                        cancellationToken).ConfigureAwait(false);
                }
                catch (DeliveryException e) when (e.Kind == FailureKind.Unauthorized)
                {
                    annotation.IdempotencyKey = Guid.NewGuid();
                    throw;
                }
            },
            cancellationToken).ConfigureAwait(false);
    }

    public async Task SendAsync(StatusItem status, CancellationToken cancellationToken)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(new SetStatus(status.Status, StatusError.Of(status)), PayloadContext.Default.SetStatus);
        try
        {
            await api.CallAsync(
                new ApiRequest(HttpMethod.Post, _path, apiKey, options.Timeout, body, Guid.NewGuid()),
                PayloadContext.Default.ExperimentAnswer,
                cancellationToken).ConfigureAwait(false);
        }
        catch (DeliveryException e) when (e.Kind == FailureKind.Unauthorized)
        {
            // Here it is the organization's key, and no other can be had.
            throw new DeliveryException(FailureKind.Refused, e.Message, e);
        }
    }

    /// <summary>Has a key made. The first one is part of opening the experiment.</summary>
    public async Task<Secret> RenewKeyAsync(CancellationToken cancellationToken)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(new OpenKey(KeyName), PayloadContext.Default.OpenKey);
        KeyAnswer answer = await api.CallAsync(
            new ApiRequest(HttpMethod.Post, $"{_path}/ingestion-keys", apiKey, options.Timeout, body),
            PayloadContext.Default.KeyAnswer,
            cancellationToken).ConfigureAwait(false);
        _expires = answer.Key.ExpiresAt is > 0 and < 253_402_300_799_999
            ? DateTimeOffset.FromUnixTimeMilliseconds(answer.Key.ExpiresAt)
            : DateTimeOffset.MaxValue;
        return _key = new Secret(answer.Token);
    }

    /// <summary>Calls with a key that lasts. One that is turned away is made anew, once.</summary>
    private async Task<T> WithKeyAsync<T>(Func<Secret, Task<T>> call, CancellationToken cancellationToken)
    {
        Secret key = await KeyAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await call(key).ConfigureAwait(false);
        }
        catch (DeliveryException e) when (e.Kind == FailureKind.Unauthorized)
        {
            _key = null;
        }

        key = await KeyAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await call(key).ConfigureAwait(false);
        }
        catch (DeliveryException e) when (e.Kind == FailureKind.Unauthorized)
        {
            _key = null;
            throw;
        }
    }

    private async Task<Secret> KeyAsync(CancellationToken cancellationToken)
    {
        if (_key is { } key && _expires - options.Clock.Now > _leastLeft)
        {
            return key;
        }

        try
        {
            return await RenewKeyAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (DeliveryException e)
        {
            // The data that waits for it is not to blame.
            throw new DeliveryException(FailureKind.Retryable, e.Message, e);
        }
    }
}
