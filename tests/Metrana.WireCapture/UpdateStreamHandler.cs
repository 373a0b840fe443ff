using System.Threading.Channels;
using Google.Protobuf;
using Metrana.Protobuf.Ingestion.V1.Svc;
using Metrana.WireCapture.Capture;
using Metrana.WireCapture.Grpc;
using Metrana.WireCapture.Script;

namespace Metrana.WireCapture;

/// <summary>
/// Serves UpdateRunStream. Reading and replying are apart, so that messages are recorded also while their acks are held back.
/// </summary>
internal static class UpdateStreamHandler
{
    public static async Task HandleAsync(GrpcCall call, Func<ByteString, CapturedRun?> runOf)
    {
        await call.BeginAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(call.Aborted);
        var replies = Channel.CreateUnbounded<Reply>();
        var reading = ReadAsync(call, runOf, replies.Writer, stop.Token);
        await ReplyAsync(call, replies.Reader);

        // After a reply that ended the call nothing more is read; else the reading ended first and is awaited for its failure.
        await stop.CancelAsync();
        await reading;
    }

    private static async Task ReadAsync(
        GrpcCall call, Func<ByteString, CapturedRun?> runOf, ChannelWriter<Reply> replies, CancellationToken cancellationToken)
    {
        try
        {
            CapturedRun? run = null;
            var stream = -1;
            while (await call.ReadAsync(cancellationToken) is { } bytes)
            {
                var message = CapturedMessage.Read(bytes, first: run is null);
                if (run is null)
                {
                    run = runOf(message.Message.RunId) ?? throw new InvalidDataException($"No run has the id {message.Message.RunId}.");
                    stream = run.OpenStream(call.Headers);
                }

                replies.TryWrite(run.Script.OnMessage(run.Add(stream, message)));
            }

            run?.HalfClose(stream);
        }
        finally
        {
            replies.TryComplete();
        }
    }

    private static async Task ReplyAsync(GrpcCall call, ChannelReader<Reply> replies)
    {
        await foreach (var reply in replies.ReadAllAsync(call.Aborted))
        {
            await reply.Gate.WaitAsync(call.Aborted);
            for (var i = 0; i < reply.Acks; i++)
            {
                await call.WriteAsync(new UpdateRunResponse { OperationId = "captured" });
            }

            if (reply.Ends != Reply.End.No)
            {
                call.End(reply);
                return;
            }
        }

        call.End(GrpcCode.Ok);
    }
}
