namespace Metrana.Native;

/// <summary>Something that went wrong in the background, while accepted data was on its way.</summary>
public sealed record SenderError
{
    /// <summary>The case.</summary>
    public required MetranaStatus StatusCode { get; init; }

    /// <summary>The gRPC status code that the service answered with, or null when that was not the cause.</summary>
    public int? GrpcStatus { get; init; }

    /// <summary>The error, and what happened to the data.</summary>
    public required string Message { get; init; }

    /// <summary>The message.</summary>
    public override string ToString() => Message;
}
