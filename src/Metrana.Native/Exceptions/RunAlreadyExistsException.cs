namespace Metrana.Native;

/// <summary>
/// The name is taken: a run of this name exists, and <see cref="ResumeStrategy.Never"/> forbids continuing it. Choose
/// another <see cref="LoggerConfig.RunName"/>, or set <see cref="LoggerConfig.Resume"/> to <see cref="ResumeStrategy.Allow"/>.
/// </summary>
/// <param name="statusCode">The status.</param>
/// <param name="message">The problem, the value at fault, and the remedy.</param>
/// <param name="grpcStatus">The gRPC status code of the service's answer, if that was the cause.</param>
/// <param name="innerException">The cause.</param>
public class RunAlreadyExistsException(
    MetranaStatus statusCode, string message, int? grpcStatus = null, Exception? innerException = null)
    : LoggerInitException(statusCode, message, grpcStatus, innerException);
