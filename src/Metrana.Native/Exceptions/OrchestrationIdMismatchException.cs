namespace Metrana.Native;

/// <summary>The name is taken by another job: the existing run has another orchestration id.</summary>
/// <param name="statusCode">The status.</param>
/// <param name="message">The problem, the value at fault, and the remedy.</param>
/// <param name="grpcStatus">The gRPC status code of the service's answer, if that was the cause.</param>
/// <param name="innerException">The cause.</param>
public sealed class OrchestrationIdMismatchException(
    MetranaStatus statusCode, string message, int? grpcStatus = null, Exception? innerException = null)
    : RunAlreadyExistsException(statusCode, message, grpcStatus, innerException);
