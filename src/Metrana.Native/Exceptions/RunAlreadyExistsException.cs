namespace Metrana.Native;

/// <summary>
/// The name is taken: a run of this name is there already, and <see cref="ResumeStrategy.Never"/> does not continue it. Choose
/// another <see cref="LoggerConfig.RunName"/>, or set <see cref="LoggerConfig.Resume"/> to <see cref="ResumeStrategy.Allow"/>.
/// </summary>
/// <param name="statusCode">The case.</param>
/// <param name="message">What was wrong, with which value, and what to do.</param>
/// <param name="grpcStatus">The gRPC status code that the service answered with, where that was the cause.</param>
/// <param name="innerException">What caused it.</param>
public class RunAlreadyExistsException(
    MetranaStatus statusCode, string message, int? grpcStatus = null, Exception? innerException = null)
    : LoggerInitException(statusCode, message, grpcStatus, innerException);
