using Metrana.Protobuf.Ingestion.V1.Svc;
using Metrana.WireCapture.Capture;
using Metrana.WireCapture.Grpc;
using Metrana.WireCapture.Script;

namespace Metrana.WireCapture;

/// <summary>Serves InitializeRunLogging: one request, an answer in parts.</summary>
internal static class InitHandler
{
    public static async Task HandleAsync(GrpcCall call, Func<string, CapturedRun> runOf)
    {
        var bytes = await call.ReadAsync(call.Aborted) ?? throw new InvalidDataException("The init has no message.");
        var request = InitializeRunLoggingRequest.Parser.ParseFrom(bytes);
        var run = runOf(request.Run?.RunName ?? "");
        var attempt = run.Add(new CapturedInit(call.Headers, bytes, request));
        var reply = run.Script.OnInit(attempt);
        await reply.Gate.WaitAsync(call.Aborted);
        if (reply.Ends != Reply.End.No)
        {
            call.End(reply);
            return;
        }

        await call.BeginAsync();
        if (reply.Acks == 0)
        {
            await new TaskCompletionSource().Task.WaitAsync(call.Aborted);
        }

        foreach (var part in run.Script.Init.Parts(run.RunId))
        {
            await call.WriteAsync(part);
        }

        call.End(GrpcCode.Ok);
    }
}
