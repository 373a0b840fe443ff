using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Metrana.MLflow.Api;

/// <summary>Makes requests, and makes them again where the server is away, busy or broken.</summary>
internal sealed class MlflowHttp : IDisposable
{
    private const string Root = "api/2.0/mlflow/";
    private const int LongestAnswer = 4 * 1024 * 1024;
    private const int LongestReason = 300;

    /// <summary>A server may ask for a pause; one of hours would look as if nothing worked.</summary>
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(100);

    private readonly MlflowSettings _settings;
    private readonly HttpClient _http;

    public MlflowHttp(MlflowSettings settings)
    {
        _settings = settings;

        // No redirects: a request with a body would become one without, and the password go to somebody else.
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
        {
            BaseAddress = settings.Address,
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = LongestAnswer,
        };
        _http.DefaultRequestHeaders.Authorization = settings.Authorization;
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Asks for something.</summary>
    /// <exception cref="MlflowException">The server refused, or every try failed.</exception>
    public Task<TAnswer> GetAsync<TAnswer>(string call, JsonTypeInfo<TAnswer> answers, CancellationToken cancellationToken) =>
        TryAsync(() => new HttpRequestMessage(HttpMethod.Get, Root + call), answers, _settings.Attempts, null, cancellationToken);

    /// <summary>Tells something.</summary>
    /// <param name="call">The call, such as <c>runs/log-batch</c>.</param>
    /// <param name="body">What it is told.</param>
    /// <param name="bodies">How that is written.</param>
    /// <param name="answers">How the answer is read.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="beforeAnother">
    /// Asked before another try, for a call that must not be made twice: the last one may have arrived though its answer did not.
    /// </param>
    /// <param name="attempts">How often it is tried in all; left out, as often as the settings say.</param>
    /// <exception cref="MlflowException">The server refused, or every try failed.</exception>
    public Task<TAnswer> PostAsync<TBody, TAnswer>(
        string call,
        TBody body,
        JsonTypeInfo<TBody> bodies,
        JsonTypeInfo<TAnswer> answers,
        CancellationToken cancellationToken,
        Func<Task<TAnswer?>>? beforeAnother = null,
        int? attempts = null)
        where TAnswer : class
    {
        byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(body, bodies);
        return TryAsync(
            () => new HttpRequestMessage(HttpMethod.Post, Root + call)
            {
                Content = new ByteArrayContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
            },
            answers,
            attempts ?? _settings.Attempts,
            beforeAnother,
            cancellationToken);
    }

    private async Task<TAnswer> TryAsync<TAnswer>(
        Func<HttpRequestMessage> request,
        JsonTypeInfo<TAnswer> answers,
        int attempts,
        Func<Task<TAnswer?>>? beforeAnother,
        CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            TimeSpan pause;
            try
            {
                if (attempt > 1 && beforeAnother is not null && await beforeAnother().ConfigureAwait(false) is TAnswer found)
                {
                    return found;
                }

                return await OnceAsync(request, answers, cancellationToken).ConfigureAwait(false);
            }
            catch (MlflowException e) when (e.IsTransient && attempt < attempts)
            {
                pause = PauseOf(e) ?? _pause * Math.Pow(2, attempt - 1);
            }
            catch (MlflowException e) when (e.IsTransient && attempt > 1)
            {
                throw new MlflowException($"{e.Message} It was tried {attempt} times.", e.InnerException)
                {
                    StatusCode = e.StatusCode,
                    ErrorCode = e.ErrorCode,
                    IsTransient = true,
                };
            }

            await Task.Delay(pause, _settings.Clock, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<TAnswer> OnceAsync<TAnswer>(
        Func<HttpRequestMessage> make, JsonTypeInfo<TAnswer> answers, CancellationToken cancellationToken)
    {
        using CancellationTokenSource timeout = new(_settings.RequestTimeout, _settings.Clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        using HttpRequestMessage request = make();
        try
        {
            using HttpResponseMessage response = await _http.SendAsync(request, either.Token).ConfigureAwait(false);
            byte[] body = await response.Content.ReadAsByteArrayAsync(either.Token).ConfigureAwait(false);
            return response.IsSuccessStatusCode ? Read(body, answers, response) : throw Refusal(response, body);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw Away(string.Create(CultureInfo.InvariantCulture, $"did not answer within {_settings.RequestTimeout.TotalSeconds:0.###} s"), e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw Away($"is out of reach ({e.Message})", e);
        }
    }

    private TAnswer Read<TAnswer>(byte[] body, JsonTypeInfo<TAnswer> answers, HttpResponseMessage response)
    {
        try
        {
            return JsonSerializer.Deserialize(body, answers) ?? throw new JsonException("It is null.");
        }
        catch (JsonException e)
        {
            throw new MlflowException(
                $"What answers at {_settings.Address} is hardly MLflow: its answer {Describe(response)} cannot be read. Is the address right?", e)
            {
                StatusCode = response.StatusCode,
            };
        }
    }

    private MlflowException Refusal(HttpResponseMessage response, byte[] body)
    {
        ErrorAnswer? error = null;
        try
        {
            error = JsonSerializer.Deserialize(body, MlflowJson.Default.ErrorAnswer);
        }
        catch (JsonException)
        {
            // Pages of proxies and of the web framework are HTML.
        }

        bool isTransient = response.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;
        string reason = error?.Message is { Length: > 0 } message ? Plain(message) : $"an answer {Describe(response)}";
        return new MlflowException(string.Create(
            CultureInfo.InvariantCulture,
            $"MLflow at {_settings.Address} {(isTransient ? "cannot take it now" : "refuses it")} ({(int)response.StatusCode}{(error?.ErrorCode is { Length: > 0 } code ? " " + Plain(code) : "")}): {reason}"))
        {
            StatusCode = response.StatusCode,
            ErrorCode = error?.ErrorCode,
            IsTransient = isTransient,
            RetryAfter = response.Headers.RetryAfter is { } after ? after.Delta ?? after.Date - _settings.Clock.GetUtcNow() : null,
        };
    }

    private static TimeSpan? PauseOf(MlflowException e) =>
        e.RetryAfter is { } asked
            ? TimeSpan.FromTicks(Math.Clamp(asked.Ticks, 0, _longestPause.Ticks))
            : null;

    private MlflowException Away(string what, Exception e) => new($"MLflow at {_settings.Address} {what}.", e) { IsTransient = true };

    private static string Describe(HttpResponseMessage response) =>
        $"of the type {response.Content.Headers.ContentType?.MediaType ?? "(none)"}";

    /// <summary>What a server says may be anything: one line of it, and not all of a page.</summary>
    private static string Plain(string text)
    {
        string line = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
        return line.Length <= LongestReason ? line : line[..LongestReason] + "...";
    }
}
