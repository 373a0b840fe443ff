using System.Net;

namespace Metrana.Server;

/// <summary>The local server could not be found or started, or did not answer a request as expected.</summary>
public sealed class LocalServerException : Exception
{
    /// <summary>Creates the exception with a message that describes the problem and the remedy.</summary>
    public LocalServerException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message that describes the problem, and the underlying exception.</summary>
    public LocalServerException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal LocalServerException(string message, HttpStatusCode httpStatus)
        : base(message) => HttpStatus = httpStatus;

    internal LocalServerException(string message, int exitCode)
        : base(message) => ExitCode = exitCode;

    /// <summary>How the program ended before it listened.</summary>
    internal int? ExitCode { get; }

    /// <summary>The HTTP status of the server's answer, or null if it did not answer; 404 for an unknown run or series.</summary>
    public HttpStatusCode? HttpStatus { get; }
}
