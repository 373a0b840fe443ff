using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Metrana.Syvain.Delivery;

namespace Metrana.Syvain.Api;

/// <summary>Makes requests, repeats those that may succeed a moment later, and opens the envelopes of the answers.</summary>
internal sealed class ApiClient : IDisposable
{
    private const int MostTries = 3;
    private const int MostTriesInProgress = 10;
    private const int LongestAnswer = 4 << 20;
    private const int LongestMessage = 500;
    private const string InProgress = "idempotency_key_in_progress";

    private static readonly TimeSpan _firstPause = TimeSpan.FromSeconds(0.25);
    private static readonly TimeSpan _inProgressPause = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(10);
    private static readonly MediaTypeHeaderValue _json = new("application/json");

    private readonly HttpClient _http;
    private readonly Secret _apiKey;
    private readonly DeliveryClock _clock;

    /// <param name="host">The address of the service.</param>
    /// <param name="apiKey">Kept out of every message.</param>
    /// <param name="options">Who sends, and how time passes.</param>
    public ApiClient(Uri host, Secret apiKey, CollectorOptions options)
    {
        (_apiKey, _clock) = (apiKey, options.Clock);

        // A redirected request would take its token to wherever the answer says.
        _http = new HttpClient(
            options.HttpHandler ?? new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(10) },
            disposeHandler: options.HttpHandler is null)
        {
            BaseAddress = host,
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = LongestAnswer,
        };
        string version = typeof(ApiClient).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("metrana-syvain", version.Split('+')[0]));
        _http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
    }

    public void Dispose() => _http.Dispose();

    /// <summary>What the service answers.</summary>
    /// <exception cref="DeliveryException">It did not do it.</exception>
    public async Task<T> CallAsync<T>(ApiRequest request, JsonTypeInfo<T> answer, CancellationToken cancellationToken)
    {
        TimeSpan pause = _firstPause;
        (int tries, int inProgress) = (1, 1);
        while (true)
        {
            (HttpStatusCode? status, string text, TimeSpan? retryAfter) = await TryAsync(request, cancellationToken).ConfigureAwait(false);
            string what = $"{request.Method} {request.Path.Split('?')[0]}";
            if (status is >= HttpStatusCode.OK and < HttpStatusCode.MultipleChoices)
            {
                return Open(what, text, answer, request.Token);
            }

            (string message, string? code) = Explain(text);
            string told = status is { } got
                ? string.Create(CultureInfo.InvariantCulture, $"{what} was answered with {(int)got}: {Hide(message, request.Token)}")
                : $"{what} failed: {Hide(text, request.Token)}";
            if (status == HttpStatusCode.Conflict && code == InProgress)
            {
                if (inProgress++ == MostTriesInProgress)
                {
                    throw new DeliveryException(FailureKind.Retryable, told);
                }

                await _clock.PauseAsync(_inProgressPause, cancellationToken).ConfigureAwait(false);
                continue;
            }

            FailureKind kind = KindOf(status);
            if (kind != FailureKind.Retryable || tries++ == MostTries)
            {
                throw new DeliveryException(kind, told);
            }

            TimeSpan wait = retryAfter > pause ? retryAfter.Value : pause;
            await _clock.PauseAsync(wait < _longestPause ? wait : _longestPause, cancellationToken).ConfigureAwait(false);
            pause *= 2;
        }
    }

    /// <summary>One try: the status and the text of the answer, or no status and what went wrong.</summary>
    private async Task<(HttpStatusCode? Status, string Text, TimeSpan? RetryAfter)> TryAsync(
        ApiRequest request, CancellationToken cancellationToken)
    {
        using HttpRequestMessage message = new(request.Method, request.Path);
        message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", request.Token.Value);
        message.Content = new ByteArrayContent(request.Body ?? []);
        message.Content.Headers.ContentType = _json;
        if (request.IdempotencyKey is { } key)
        {
            message.Headers.Add("idempotency-key", $"syvain-metrics-api-client-{key:N}");
        }

        using CancellationTokenSource timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(request.Timeout);
        try
        {
            using HttpResponseMessage answer = await _http.SendAsync(message, timeout.Token).ConfigureAwait(false);
            string text = Encoding.UTF8.GetString(await answer.Content.ReadAsByteArrayAsync(timeout.Token).ConfigureAwait(false));
            return (answer.StatusCode, text, RetryAfter(answer));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, string.Create(CultureInfo.InvariantCulture, $"there was no answer within {request.Timeout.TotalSeconds} s"), null);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return (null, e.InnerException is { } inner && inner.Message != e.Message ? $"{e.Message} {inner.Message}" : e.Message, null);
        }
    }

    private TimeSpan? RetryAfter(HttpResponseMessage answer) => answer.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - _clock.Now,
        _ => null,
    };

    private static FailureKind KindOf(HttpStatusCode? status) => (int?)status switch
    {
        null or 408 or 425 or 429 or >= 500 => FailureKind.Retryable,
        401 or 403 => FailureKind.Unauthorized,
        400 or 413 or 422 => FailureKind.RefusedContent,
        _ => FailureKind.Refused,
    };

    private T Open<T>(string what, string text, JsonTypeInfo<T> type, Secret token)
    {
        JsonElement answer;
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            answer = document.RootElement.Clone();
        }
        catch (JsonException)
        {
            // Something between here and the service answered in its place. The reader's own exception quotes it, with what it may repeat.
            throw new DeliveryException(FailureKind.Retryable, $"{what} was answered with something that is no JSON: {Hide(text, token)}");
        }

        if (answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty("data", out JsonElement data) || !answer.TryGetProperty("error", out JsonElement error))
        {
            throw new DeliveryException(FailureKind.Refused, $"{what} was answered without 'data' and 'error', so it is unknown what became of it.");
        }

        if (error.ValueKind != JsonValueKind.Null)
        {
            throw new DeliveryException(FailureKind.Refused, $"{what} was answered with an error: {Hide(Explain(error).Message, token)}");
        }

        try
        {
            return data.Deserialize(type) ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw new DeliveryException(FailureKind.Refused, $"{what} was answered with data of another shape: {Hide(e.Message, token)}");
        }
    }

    /// <summary>The message of an error answer and its code, or the beginning of whatever was answered.</summary>
    private static (string Message, string? Code) Explain(string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            if (document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("error", out JsonElement error))
            {
                return Explain(error);
            }
        }
        catch (JsonException)
        {
            // A proxy's page, most likely.
        }

        return (text, null);
    }

    private static (string Message, string? Code) Explain(JsonElement error)
    {
        if (error.ValueKind != JsonValueKind.Object || !error.TryGetProperty("message", out JsonElement message))
        {
            return (error.ToString(), null);
        }

        string? details = error.TryGetProperty("details", out JsonElement told) && told.ValueKind == JsonValueKind.String ? told.GetString() : null;
        string? code = details?.Split(';').Select(part => part.Trim()).FirstOrDefault(part => part.StartsWith("code=", StringComparison.Ordinal));
        return (details is null ? message.ToString() : $"{message}: {details}", code?["code=".Length..]);
    }

    private static string Shorten(string text) => text.Length <= LongestMessage ? text : text[..LongestMessage];

    /// <summary>In this order: half a token is one that nobody finds.</summary>
    private string Hide(string text, Secret token) => Shorten(token.HideIn(_apiKey.HideIn(text)));
}
