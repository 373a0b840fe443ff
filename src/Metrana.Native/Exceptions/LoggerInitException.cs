namespace Metrana.Native;

/// <summary>The run could not be opened: a configuration that cannot work, a service out of reach or one that refused, or no native library.</summary>
/// <param name="statusCode">The case.</param>
/// <param name="message">What was wrong, with which value, and what to do.</param>
/// <param name="grpcStatus">The gRPC status code that the service answered with, where that was the cause.</param>
/// <param name="innerException">What caused it.</param>
public class LoggerInitException(
    MetranaStatus statusCode, string message, int? grpcStatus = null, Exception? innerException = null)
    : MetranaException(statusCode, message, grpcStatus, innerException);
