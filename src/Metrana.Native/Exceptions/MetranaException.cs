namespace Metrana.Native;

/// <summary>The base class of this package's own exceptions.</summary>
/// <remarks>
/// A single invalid argument throws a standard .NET exception: <see cref="ArgumentNullException"/>,
/// <see cref="ArgumentOutOfRangeException"/> for a negative number, <see cref="ArgumentException"/> for text that is not valid
/// Unicode. Arguments that contradict each other, and points that break a rule, throw a <see cref="MetricValidationException"/>.
/// After <see cref="Logger.Dispose"/>, calls throw an <see cref="ObjectDisposedException"/>.
/// </remarks>
/// <param name="statusCode">The status.</param>
/// <param name="message">The problem, the value at fault, and the remedy.</param>
/// <param name="grpcStatus">The gRPC status code of the service's answer, if that was the cause.</param>
/// <param name="innerException">The cause.</param>
public class MetranaException(
    MetranaStatus statusCode, string message, int? grpcStatus = null, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>The status, from a fixed list, for use in code.</summary>
    public MetranaStatus StatusCode { get; } = statusCode;

    /// <summary>The gRPC status code of the service's answer, or null if the cause was something else.</summary>
    public int? GrpcStatus { get; } = grpcStatus;

    /// <summary>The engine's own message, where <see cref="Exception.Message"/> words it for C#.</summary>
    internal string EngineMessage { get; set; } = message;
}
