namespace Metrana.Native.Interop;

/// <summary>A call that has begun and will end by an event. Its logger is not freed before.</summary>
internal sealed class PendingCall
{
    private readonly TaskCompletionSource<LoggerHandle?> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly EventsHandle _events;
    private readonly LoggerHandle? _logger;
    private readonly bool _held;
    private CancellationTokenRegistration _cancellation;

    /// <param name="events">The queue that the event will come from.</param>
    /// <param name="token">What the event will carry.</param>
    /// <param name="logger">The logger that is called; null where the call opens one.</param>
    /// <exception cref="ObjectDisposedException">The logger has been freed.</exception>
    public PendingCall(EventsHandle events, ulong token, LoggerHandle? logger)
    {
        _events = events;
        Token = token;
        _logger = logger;
        logger?.DangerousAddRef(ref _held);
    }

    /// <summary>What the event carries.</summary>
    public ulong Token { get; }

    /// <summary>Ends with the call, or before it when nobody waits any more.</summary>
    public Task<LoggerHandle?> Task => _source.Task;

    public void CancelBy(CancellationToken cancellation) => _cancellation = cancellation.UnsafeRegister(
        static (call, token) => ((PendingCall)call!).Cancel(token), this);

    /// <summary>The call has begun. If it was cancelled before, the library did not know it yet.</summary>
    public void Begun()
    {
        if (_source.Task.IsCanceled)
        {
            CancelInLibrary();
        }
    }

    /// <summary>The call has ended.</summary>
    /// <returns>Whether somebody waited for it: if not, what it opened belongs to nobody.</returns>
    public bool End(Failure? failure, LoggerHandle? opened)
    {
        Release();
        return failure is { } given
            ? _source.TrySetException(StatusTable.ToException(given))
            : _source.TrySetResult(opened);
    }

    /// <summary>Gives up what the call holds.</summary>
    public void Release()
    {
        _cancellation.Dispose();
        if (_held)
        {
            _logger?.DangerousRelease();
        }
    }

    private void Cancel(CancellationToken token)
    {
        if (_source.TrySetCanceled(token))
        {
            CancelInLibrary();
        }
    }

    private void CancelInLibrary()
    {
        try
        {
            _ = NativeMethods.EventsCancel(_events, Token);
        }
        catch (ObjectDisposedException)
        {
            // The process ends, and with it every call.
        }
    }
}
