namespace Metrana.Tool.Kernel;

/// <summary>Why a command cannot go on: what was wrong, with which value, and what to do.</summary>
internal sealed class ToolException(string message, int exitCode = ExitCode.Failure, Exception? innerException = null)
    : Exception(message, innerException)
{
    public int ExitCode { get; } = exitCode;

    public static ToolException NotFound(string message) => new(message, Kernel.ExitCode.NotFound);

    public static ToolException Usage(string message) => new(message, Kernel.ExitCode.Usage);
}
