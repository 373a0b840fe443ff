namespace Metrana.WireCapture.Script;

/// <summary>How the peer behaves towards one run. Without a script it creates the run and acks everything.</summary>
public sealed class RunScript
{
    /// <summary>What an init is answered with.</summary>
    public InitAnswer Init { get; init; } = new();

    /// <summary>What is done about the n-th attempt to open the run, from 0; an ack is the answer.</summary>
    public Func<int, Reply> OnInit { get; init; } = _ => Reply.Ack;

    /// <summary>What is done about each message of an update stream.</summary>
    public Func<IncomingMessage, Reply> OnMessage { get; init; } = _ => Reply.Ack;
}
