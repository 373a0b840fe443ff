using System.Net;
using Metrana.Native;
using Metrana.Server;

namespace Metrana.Tool.Kernel;

/// <summary>Turns what went wrong into a line and an exit code.</summary>
internal static class ToolFailures
{
    public static async Task<int> TellAsync(ToolConsole console, Func<Task<int>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await work();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
        catch (Exception e) when (Code(e) is { } code)
        {
            console.Error.WriteLine("metrana: " + Plain.Text(e.Message));
            return code;
        }
    }

    /// <summary>The exit code; nothing for a defect of the tool, which shows as what it is.</summary>
    private static int? Code(Exception e) => e switch
    {
        ToolException told => told.ExitCode,
        LocalServerException { HttpStatus: HttpStatusCode.NotFound } => ExitCode.NotFound,
        LocalServerException { HttpStatus: null or HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden } => ExitCode.NoServer,
        LocalServerException => ExitCode.Failure,
        FileNotFoundException or DirectoryNotFoundException => ExitCode.NotFound,
        IOException or UnauthorizedAccessException or MetranaException or RunStartException => ExitCode.Failure,
        _ => null,
    };
}
