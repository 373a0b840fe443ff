namespace Metrana.Native;

/// <summary>The base class of this package's own exceptions.</summary>
/// <remarks>
/// Mistakes in the call itself throw .NET's own exceptions: <see cref="ArgumentException"/> and its subclasses for
/// arguments, <see cref="ObjectDisposedException"/> after <see cref="Logger.Dispose"/>.
/// </remarks>
/// <param name="statusCode">The status.</param>
/// <param name="message">The problem, the value at fault, and the remedy.</param>
/// <param name="grpcStatus">The gRPC status code of the service's answer, if that was the cause.</param>
/// <param name="innerException">The cause.</param>
public class MetranaException(
    MetranaStatus statusCode, string message, int? grpcStatus = null, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>The status, one of a fixed list, for programs to decide by.</summary>
    public MetranaStatus StatusCode { get; } = statusCode;

    /// <summary>The gRPC status code of the service's answer, or null if no answer was the cause.</summary>
    public int? GrpcStatus { get; } = grpcStatus;

    /// <summary>The engine's own message, where <see cref="Exception.Message"/> words it for C#.</summary>
    internal string EngineMessage { get; init; } = message;
}
