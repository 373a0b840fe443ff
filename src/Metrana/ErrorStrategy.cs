namespace Metrana;

/// <summary>How delivery errors surface that did not end the run.</summary>
public enum ErrorStrategy
{
    /// <summary>Not at all; the counters still tell.</summary>
    Silent,

    /// <summary>As a warning in the log. This is the default.</summary>
    Warn,

    /// <summary>The next log call throws <see cref="Native.SenderException"/>; when delivery has ended for good, every one does.</summary>
    RaiseOnLog,

    /// <summary>Closing the run throws <see cref="Native.ClosingException"/>.</summary>
    RaiseOnClose,
}
