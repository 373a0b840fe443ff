using System.Globalization;
using System.IO.Pipelines;
using Google.Protobuf;
using Metrana.WireCapture.Script;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Metrana.WireCapture.Grpc;

/// <summary>One gRPC call as an HTTP/2 request, with the ways it can end.</summary>
internal sealed class GrpcCall(HttpContext context, ConnectionContext connection)
{
    private const int Http2Cancel = 8;

    public CancellationToken Aborted => context.RequestAborted;

    public IReadOnlyDictionary<string, string> Headers { get; } = context.Request.Headers.ToDictionary(
        header => header.Key.ToLowerInvariant(), header => header.Value.ToString(), StringComparer.Ordinal);

    private PipeWriter Body => context.Response.BodyWriter;

    public Task<byte[]?> ReadAsync(CancellationToken cancellationToken) =>
        GrpcFrames.ReadAsync(context.Request.BodyReader, cancellationToken);

    /// <summary>Sends the response's headers.</summary>
    public Task BeginAsync()
    {
        context.Response.ContentType = "application/grpc";
        return context.Response.StartAsync(Aborted);
    }

    public async Task WriteAsync(IMessage message)
    {
        GrpcFrames.Write(Body, message);
        await Body.FlushAsync(Aborted);
    }

    /// <summary>Says what the status is; it leaves when the call's handler returns.</summary>
    public void End(GrpcCode code, string message = "")
    {
        if (!context.Response.HasStarted)
        {
            context.Response.ContentType = "application/grpc";
        }

        context.Response.AppendTrailer("grpc-status", ((int)code).ToString(CultureInfo.InvariantCulture));
        if (message.Length > 0)
        {
            context.Response.AppendTrailer("grpc-message", Uri.EscapeDataString(message));
        }
    }

    /// <summary>Ends the call as a script says.</summary>
    public void End(Reply reply)
    {
        switch (reply.Ends)
        {
            case Reply.End.Status:
                End(reply.Code, reply.Message);
                break;
            case Reply.End.Stream:
                context.Features.GetRequiredFeature<IHttpResetFeature>().Reset(Http2Cancel);
                break;
            case Reply.End.Connection:
                connection.Abort();
                break;
            default:
                throw new InvalidOperationException($"Nothing ends with {reply}.");
        }
    }
}
