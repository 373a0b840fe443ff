namespace Metrana.Native;

/// <summary>An error that occurred in the background, while accepted data was being delivered.</summary>
public sealed record SenderError
{
    /// <summary>The status that identifies the error.</summary>
    public required MetranaStatus StatusCode { get; init; }

    /// <summary>The gRPC status code that the service answered with, or null if the cause was something else.</summary>
    public int? GrpcStatus { get; init; }

    /// <summary>A description of the error and of what happened to the data.</summary>
    public required string Message { get; init; }

    /// <summary>The message.</summary>
    public override string ToString() => Message;
}
