namespace Metrana.Native;

/// <summary>Delivery failed: the logger has stopped, or errors were collected that the <see cref="ErrorStrategy"/> raises.</summary>
/// <param name="statusCode">The case.</param>
/// <param name="message">What was wrong, with which value, and what to do.</param>
/// <param name="grpcStatus">The gRPC status code that the service answered with, where that was the cause.</param>
/// <param name="innerException">What caused it.</param>
public class SenderException(
    MetranaStatus statusCode, string message, int? grpcStatus = null, Exception? innerException = null)
    : MetranaException(statusCode, message, grpcStatus, innerException);
