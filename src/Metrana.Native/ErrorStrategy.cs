namespace Metrana.Native;

/// <summary>How errors that did not stop the logger are reported. <see cref="Logger.ExtractSenderErrors"/> always returns them.</summary>
public enum ErrorStrategy
{
    /// <summary>Errors are only collected.</summary>
    Silent = 0,

    /// <summary>Errors are collected and written to the log as warnings.</summary>
    Warn = 1,

    /// <summary>The next log call throws the errors and logs nothing.</summary>
    RaiseOnLog = 2,

    /// <summary>Closing the logger throws the errors.</summary>
    RaiseOnClose = 3,
}
