namespace Metrana.Native;

/// <summary>The logger is closed, and not everything that it had accepted is known to have arrived.</summary>
/// <param name="statusCode">The case.</param>
/// <param name="message">What was wrong, with which value, and what to do.</param>
/// <param name="grpcStatus">The gRPC status code that the service answered with, where that was the cause.</param>
/// <param name="innerException">What caused it.</param>
public sealed class ClosingException(
    MetranaStatus statusCode, string message, int? grpcStatus = null, Exception? innerException = null)
    : MetranaException(statusCode, message, grpcStatus, innerException);
