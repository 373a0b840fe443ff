namespace Metrana.Native;

/// <summary>The name is taken by another job: the run that is there already has another orchestration id.</summary>
/// <param name="statusCode">The case.</param>
/// <param name="message">What was wrong, with which value, and what to do.</param>
/// <param name="grpcStatus">The gRPC status code that the service answered with, where that was the cause.</param>
/// <param name="innerException">What caused it.</param>
public sealed class OrchestrationIdMismatchException(
    MetranaStatus statusCode, string message, int? grpcStatus = null, Exception? innerException = null)
    : RunAlreadyExistsException(statusCode, message, grpcStatus, innerException);
