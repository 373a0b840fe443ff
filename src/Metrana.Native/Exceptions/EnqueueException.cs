namespace Metrana.Native;

/// <summary>A log call was not accepted. Nothing of it was logged.</summary>
/// <param name="statusCode">The case.</param>
/// <param name="message">What was wrong, with which value, and what to do.</param>
/// <param name="grpcStatus">The gRPC status code that the service answered with, where that was the cause.</param>
/// <param name="innerException">What caused it.</param>
public class EnqueueException(
    MetranaStatus statusCode, string message, int? grpcStatus = null, Exception? innerException = null)
    : MetranaException(statusCode, message, grpcStatus, innerException);
