namespace Metrana;

/// <summary>How a run ended.</summary>
public enum RunOutcome
{
    /// <summary>It has not ended.</summary>
    Running,

    /// <summary>It reached its end.</summary>
    Finished,

    /// <summary>An exception ended it, or <see cref="Run.Fail(Exception)"/> was called.</summary>
    Failed,

    /// <summary>A signal ended it: Ctrl-C or SIGTERM.</summary>
    Aborted,
}
