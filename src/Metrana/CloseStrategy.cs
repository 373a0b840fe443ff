namespace Metrana;

/// <summary>How much of the undelivered data <see cref="Run.Close(TimeSpan?)"/> waits for.</summary>
public enum CloseStrategy
{
    /// <summary>Abandons whatever was not sent yet.</summary>
    Immediate,

    /// <summary>Waits up to <see cref="RunOptions.CloseTimeout"/>. This is the default.</summary>
    CompletePending,

    /// <summary>Waits for everything, however long that takes.</summary>
    CompleteAll,
}
