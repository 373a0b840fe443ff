namespace Metrana.Native;

/// <summary>The logger is closed, but it is not known whether all accepted data arrived.</summary>
/// <param name="statusCode">The status.</param>
/// <param name="message">The problem, the value at fault, and the remedy.</param>
/// <param name="grpcStatus">The gRPC status code of the service's answer, if that was the cause.</param>
/// <param name="innerException">The cause.</param>
public sealed class ClosingException(
    MetranaStatus statusCode, string message, int? grpcStatus = null, Exception? innerException = null)
    : MetranaException(statusCode, message, grpcStatus, innerException);
