namespace Metrana.Native;

/// <summary>The logger was closed before the call, or while the call waited for room in the queue.</summary>
/// <param name="statusCode">The status.</param>
/// <param name="message">The problem, the value at fault, and the remedy.</param>
/// <param name="grpcStatus">The gRPC status code of the service's answer, if that was the cause.</param>
/// <param name="innerException">The cause.</param>
public sealed class LoggerClosedException(
    MetranaStatus statusCode, string message, int? grpcStatus = null, Exception? innerException = null)
    : EnqueueException(statusCode, message, grpcStatus, innerException);
