namespace Metrana.Native;

/// <summary>How errors surface that did not stop the logger. <see cref="Logger.ExtractSenderErrors"/> has them in any case.</summary>
public enum ErrorStrategy
{
    /// <summary>In no other way.</summary>
    Silent = 0,

    /// <summary>Also as a warning in the log.</summary>
    Warn = 1,

    /// <summary>The next log call throws them and logs nothing.</summary>
    RaiseOnLog = 2,

    /// <summary>Closing throws them.</summary>
    RaiseOnClose = 3,
}
