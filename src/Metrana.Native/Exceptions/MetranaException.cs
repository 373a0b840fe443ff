namespace Metrana.Native;

/// <summary>The base of everything that this package throws on its own account.</summary>
/// <remarks>
/// What .NET would catch by itself stays .NET's own: <see cref="ArgumentException"/> and its kind for arguments that
/// no service was needed to refuse, <see cref="ObjectDisposedException"/> after <see cref="Logger.Dispose"/>.
/// </remarks>
/// <param name="statusCode">The case.</param>
/// <param name="message">What was wrong, with which value, and what to do.</param>
/// <param name="grpcStatus">The gRPC status code that the service answered with, where that was the cause.</param>
/// <param name="innerException">What caused it.</param>
public class MetranaException(
    MetranaStatus statusCode, string message, int? grpcStatus = null, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>The case, one of a fixed list: what a program decides by.</summary>
    public MetranaStatus StatusCode { get; } = statusCode;

    /// <summary>The gRPC status code that the service answered with, or null when no answer of the service was the cause.</summary>
    public int? GrpcStatus { get; } = grpcStatus;

    /// <summary>What the engine said, word for word, where <see cref="Exception.Message"/> says it in the words of C#.</summary>
    internal string EngineMessage { get; init; } = message;
}
