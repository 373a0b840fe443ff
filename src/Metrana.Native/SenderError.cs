namespace Metrana.Native;

/// <summary>Something that went wrong in the background, while accepted data was on its way.</summary>
/// <param name="StatusCode">The case.</param>
/// <param name="GrpcStatus">The gRPC status code that the service answered with, or null when that was not the cause.</param>
/// <param name="Message">The error, and what happened to the data.</param>
public sealed record SenderError(MetranaStatus StatusCode, int? GrpcStatus, string Message)
{
    /// <summary>The message.</summary>
    public override string ToString() => Message;
}
