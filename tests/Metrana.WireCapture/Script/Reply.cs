using Metrana.WireCapture.Grpc;

namespace Metrana.WireCapture.Script;

/// <summary>What the peer does about a request. Replies leave in the order of the requests.</summary>
public sealed record Reply
{
    private Reply()
    {
    }

    /// <summary>Does what was asked: the answer to an init, one ack to a message.</summary>
    public static Reply Ack { get; } = new() { Acks = 1 };

    /// <summary>Takes the request and says nothing, ever.</summary>
    public static Reply Nothing { get; } = new();

    /// <summary>Cuts the connection with everything on it.</summary>
    public static Reply Disconnect { get; } = new() { Ends = End.Connection };

    /// <summary>Resets the stream; the connection stays.</summary>
    public static Reply ResetStream { get; } = new() { Ends = End.Stream };

    internal enum End
    {
        No,
        Status,
        Stream,
        Connection,
    }

    internal int Acks { get; private init; }

    internal End Ends { get; private init; }

    internal GrpcCode Code { get; private init; }

    internal string Message { get; private init; } = "";

    internal Task Gate { get; private init; } = Task.CompletedTask;

    /// <summary>More acks than the one that is due, or none.</summary>
    public static Reply AckTimes(int count) => new() { Acks = count };

    /// <summary>Ends the call with a status.</summary>
    public static Reply Status(GrpcCode code, string message = "") => new() { Ends = End.Status, Code = code, Message = message };

    /// <summary>This reply, held back with every one after it until the task has ended.</summary>
    public Reply After(Task gate) => this with { Gate = gate };
}
