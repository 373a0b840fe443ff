namespace Metrana.Tool.Kernel;

/// <summary>How a command ends. Scripts rely on these numbers; docs/tool.md lists them.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>It failed, and none of the others says better how.</summary>
    public const int Failure = 1;

    /// <summary>The command line makes no sense.</summary>
    public const int Usage = 2;

    /// <summary>There is no such run, series, file or data directory.</summary>
    public const int NotFound = 3;

    /// <summary>No server answers, or it refuses the key.</summary>
    public const int NoServer = 4;

    /// <summary>Ctrl+C.</summary>
    public const int Interrupted = 130;
}
