using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Metrana.Protobuf.Ingestion.V1.Svc;
using Metrana.Protobuf.Ingestion.V1.Types;

namespace Metrana.Server.Tests;

/// <summary>A client of the ingestion protocol in its barest form: what is read back cannot owe anything to a logger.</summary>
internal sealed class RawClient(string endpoint)
{
    public const ulong LoggerId = 7;
    public const ulong SessionId = 8;

    private static readonly HttpClient _http = new();

    /// <summary>Opens a run and tells its id.</summary>
    public async Task<(ByteString RunId, int Status)> OpenAsync(Run run, params AggregationRule[] rules)
    {
        var request = new InitializeRunLoggingRequest
        {
            Run = run,
            CreateProjectIfMissing = true,
            LoggerId = LoggerId,
            ResumePolicy = ResumePolicy.Never,
            AggregationRules = { rules },
        };
        var (answers, status) = await CallAsync("InitializeRunLogging", [request], InitializeRunLoggingResponse.Parser);
        var opened = answers.Select(answer => answer.InitializedRun).FirstOrDefault(part => part is not null);
        return (opened?.RunId ?? ByteString.Empty, status);
    }

    /// <summary>Sends a hello and messages on a stream of their own; tells how many were acknowledged.</summary>
    public async Task<(int Acks, int Status)> SendAsync(ByteString runId, params UpdateRunRequest[] messages)
    {
        var hello = new UpdateRunRequest { RunId = runId, LoggerId = LoggerId };
        foreach (var message in messages)
        {
            message.RunId = runId;
            message.LoggerId = LoggerId;
            message.LoggerSessionId = SessionId;
        }

        var (acks, status) = await CallAsync("UpdateRunStream", [hello, .. messages], UpdateRunResponse.Parser);
        return (acks.Count, status);
    }

    private async Task<(List<T> Answers, int Status)> CallAsync<T>(string method, IEnumerable<IMessage> messages, MessageParser<T> parser)
        where T : IMessage<T>
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Post, $"{endpoint}/metrana_protobuf.ingestion.v1.svc.IngestService/{method}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent([.. messages.SelectMany(Frame)]),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "any key");
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        using var response = await _http.SendAsync(request);
        var body = await response.Content.ReadAsByteArrayAsync();
        var status = Header(response.TrailingHeaders) ?? Header(response.Headers) ?? throw new InvalidDataException("No status.");
        return (Unframe(body, parser), int.Parse(status, CultureInfo.InvariantCulture));
    }

    private static string? Header(HttpHeaders headers) =>
        headers.TryGetValues("grpc-status", out var values) ? values.Single() : null;

    private static byte[] Frame(IMessage message)
    {
        var body = message.ToByteArray();
        var frame = new byte[5 + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), body.Length);
        body.CopyTo(frame, 5);
        return frame;
    }

    private static List<T> Unframe<T>(ReadOnlySpan<byte> body, MessageParser<T> parser)
        where T : IMessage<T>
    {
        var messages = new List<T>();
        while (body.Length > 0)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(body[1..]);
            messages.Add(parser.ParseFrom(body.Slice(5, length)));
            body = body[(5 + length)..];
        }

        return messages;
    }
}
