namespace Metrana.Native;

/// <summary>The queue was full and stayed full for <see cref="LoggerConfig.EnqueueTimeout"/> (<see cref="Backpressure.Raise"/>).</summary>
/// <param name="statusCode">The case.</param>
/// <param name="message">What was wrong, with which value, and what to do.</param>
/// <param name="grpcStatus">The gRPC status code that the service answered with, where that was the cause.</param>
/// <param name="innerException">What caused it.</param>
public sealed class QueueFullException(
    MetranaStatus statusCode, string message, int? grpcStatus = null, Exception? innerException = null)
    : EnqueueException(statusCode, message, grpcStatus, innerException);
