using Metrana.Protobuf.Ingestion.V1.Svc;

namespace Metrana.WireCapture.Capture;

/// <summary>What a message on an update stream is for.</summary>
public enum MessageRole
{
    /// <summary>The first message of a stream.</summary>
    Hello,

    /// <summary>Series are declared, nothing else, and no number.</summary>
    Declarations,

    /// <summary>Anything else: points, attributes, the end of the run.</summary>
    Data,
}

/// <summary>A message as it came: its bytes, and what they mean.</summary>
/// <param name="Role">What it is for.</param>
/// <param name="Bytes">The bytes between gRPC's frames.</param>
/// <param name="Message">The decoded message.</param>
public sealed record CapturedMessage(MessageRole Role, byte[] Bytes, UpdateRunRequest Message)
{
    internal static CapturedMessage Read(byte[] bytes, bool first)
    {
        var message = UpdateRunRequest.Parser.ParseFrom(bytes);
        var role = first ? MessageRole.Hello : OnlyDeclares(message) ? MessageRole.Declarations : MessageRole.Data;
        return new CapturedMessage(role, bytes, message);
    }

    private static bool OnlyDeclares(UpdateRunRequest message) =>
        message.SequenceNumber == 0
        && message.SeriesDeclarations.Count > 0
        && message.Series.Count == 0
        && message.RlSeries.Count == 0
        && message.HistogramSeries.Count == 0
        && message.ScatterSeries.Count == 0
        && message.Attributes.Count == 0
        && message.EnvAttrUpdates.Count == 0
        && message.CloseRun is null;
}
