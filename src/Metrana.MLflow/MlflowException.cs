using System.Net;

namespace Metrana.MLflow;

/// <summary>MLflow could not be reached, or refused something.</summary>
public sealed class MlflowException : Exception
{
    /// <summary>An exception without a reason.</summary>
    public MlflowException()
    {
    }

    /// <summary>An exception with its reason.</summary>
    /// <param name="message">What went wrong.</param>
    public MlflowException(string message)
        : base(message)
    {
    }

    /// <summary>An exception with its reason and its cause.</summary>
    /// <param name="message">What went wrong.</param>
    /// <param name="innerException">Why.</param>
    public MlflowException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>What the server answered; null where it did not answer.</summary>
    public HttpStatusCode? StatusCode { get; init; }

    /// <summary>MLflow's own word for the error, such as <c>RESOURCE_DOES_NOT_EXIST</c>.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>Whether the same request might succeed later.</summary>
    public bool IsTransient { get; init; }

    /// <summary>The pause that the server asked for.</summary>
    internal TimeSpan? RetryAfter { get; init; }
}
