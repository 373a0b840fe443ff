namespace Metrana.Native;

/// <summary>How errors surface that did not stop the logger. <see cref="Logger.ExtractSenderErrors"/> always returns them.</summary>
public enum ErrorStrategy
{
    /// <summary>They are only collected.</summary>
    Silent = 0,

    /// <summary>They are collected and written to the log as warnings.</summary>
    Warn = 1,

    /// <summary>The next log call throws them and logs nothing.</summary>
    RaiseOnLog = 2,

    /// <summary>Closing throws them.</summary>
    RaiseOnClose = 3,
}
