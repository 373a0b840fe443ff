using System.Net;

namespace Metrana.MLflow;

/// <summary>MLflow could not be reached, or refused a request.</summary>
public sealed class MlflowException : Exception
{
    /// <summary>Creates an exception without a message.</summary>
    public MlflowException()
    {
    }

    /// <summary>Creates an exception with a message.</summary>
    /// <param name="message">What went wrong.</param>
    public MlflowException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an exception with a message and a cause.</summary>
    /// <param name="message">What went wrong.</param>
    /// <param name="innerException">The cause.</param>
    public MlflowException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The HTTP status of the server's answer; null if it did not answer.</summary>
    public HttpStatusCode? StatusCode { get; init; }

    /// <summary>MLflow's code for the error, such as <c>RESOURCE_DOES_NOT_EXIST</c>.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>Whether the same request might succeed later.</summary>
    public bool IsTransient { get; init; }

    /// <summary>The pause that the server asked for.</summary>
    internal TimeSpan? RetryAfter { get; init; }
}
