namespace Metrana;

/// <summary>How delivery errors that do not end the run surface.</summary>
public enum ErrorStrategy
{
    /// <summary>Not at all; only the counters show them.</summary>
    Silent,

    /// <summary>As a warning in the log. This is the default.</summary>
    Warn,

    /// <summary>
    /// The next log call throws <see cref="Native.SenderException"/>; once delivery has ended for good, every log call does.
    /// </summary>
    RaiseOnLog,

    /// <summary>Closing the run throws <see cref="Native.ClosingException"/>.</summary>
    RaiseOnClose,
}
