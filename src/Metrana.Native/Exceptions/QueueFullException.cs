namespace Metrana.Native;

/// <summary>The queue was full and stayed full for <see cref="LoggerConfig.EnqueueTimeout"/> (<see cref="Backpressure.Raise"/>).</summary>
/// <param name="statusCode">The status.</param>
/// <param name="message">The problem, the value at fault, and the remedy.</param>
/// <param name="grpcStatus">The gRPC status code of the service's answer, if that was the cause.</param>
/// <param name="innerException">The cause.</param>
public sealed class QueueFullException(
    MetranaStatus statusCode, string message, int? grpcStatus = null, Exception? innerException = null)
    : EnqueueException(statusCode, message, grpcStatus, innerException);
