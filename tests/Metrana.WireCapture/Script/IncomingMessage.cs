using Metrana.WireCapture.Capture;

namespace Metrana.WireCapture.Script;

/// <summary>A message on an update stream, and its place: what a script decides by.</summary>
/// <param name="Message">The message.</param>
/// <param name="Stream">Which of the run's streams it came on, from 0.</param>
/// <param name="Index">Which message of its stream it is, from 0: the hello.</param>
/// <param name="DataIndex">How many data messages came before it, on all the run's streams.</param>
public sealed record IncomingMessage(CapturedMessage Message, int Stream, int Index, int DataIndex)
{
    /// <summary>What the message is for.</summary>
    public MessageRole Role => Message.Role;
}
