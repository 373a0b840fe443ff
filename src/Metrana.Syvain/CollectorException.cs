namespace Metrana.Syvain;

/// <summary>
/// An experiment could not be opened, or a flush that must deliver everything did not. The message never contains a key.
/// </summary>
public sealed class CollectorException : Exception
{
    internal CollectorException(string message, FlushResult? result = null, Exception? inner = null)
        : base(message, inner) => Result = result;

    /// <summary>The result of the flush, if a flush failed.</summary>
    public FlushResult? Result { get; }
}
