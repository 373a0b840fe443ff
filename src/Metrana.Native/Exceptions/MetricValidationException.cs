namespace Metrana.Native;

/// <summary>
/// The call breaks a rule for names, labels, steps or points, or the lengths of its arguments do not match: values and steps, values and
/// environments, edges and counts. Nothing changed, so the call can be corrected and repeated.
/// </summary>
/// <param name="statusCode">The status.</param>
/// <param name="message">The problem, the value at fault, and the remedy.</param>
/// <param name="grpcStatus">The gRPC status code of the service's answer, if that was the cause.</param>
/// <param name="innerException">The cause.</param>
public sealed class MetricValidationException(
    MetranaStatus statusCode, string message, int? grpcStatus = null, Exception? innerException = null)
    : EnqueueException(statusCode, message, grpcStatus, innerException)
{
    /// <summary>Points that do not fit together, found before the engine is asked.</summary>
    internal static MetricValidationException Of(string message) => new(MetranaStatus.Validation, message);

    /// <summary>The same, where the message does not say yet which metric it is about.</summary>
    internal MetricValidationException About(string metric) =>
        new(StatusCode, $"{Message} (metric '{metric}')", GrpcStatus, InnerException) { EngineMessage = EngineMessage };
}
