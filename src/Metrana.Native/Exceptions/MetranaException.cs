namespace Metrana.Native;

/// <summary>The base class of this package's own exceptions.</summary>
/// <remarks>
/// An argument that is wrong by itself throws .NET's own exceptions: <see cref="ArgumentNullException"/>,
/// <see cref="ArgumentOutOfRangeException"/> for a negative number, <see cref="ArgumentException"/> for a text that has no UTF-8. Arguments
/// that do not fit each other, and points that break a rule, throw a <see cref="MetricValidationException"/>. After
/// <see cref="Logger.Dispose"/> a call throws an <see cref="ObjectDisposedException"/>.
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
    internal string EngineMessage { get; set; } = message;
}
