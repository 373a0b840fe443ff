namespace Metrana.Native.Interop;

/// <summary>A call that has begun and will end by an event. Its logger is not freed before.</summary>
internal sealed class PendingCall
{
    private readonly TaskCompletionSource<LoggerHandle?> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LoggerHandle? _logger;
    private readonly bool _held;
    private CancellationTokenRegistration _cancellation;

    /// <param name="token">What the event will carry.</param>
    /// <param name="logger">The logger that is called; null where the call opens one.</param>
    /// <exception cref="ObjectDisposedException">The logger has been freed.</exception>
    public PendingCall(ulong token, LoggerHandle? logger)
    {
        Token = token;
        _logger = logger;
        logger?.DangerousAddRef(ref _held);
    }

    /// <summary>What the event carries.</summary>
    public ulong Token { get; }

    /// <summary>Ends with the call, or before it when nobody waits any more.</summary>
    public Task<LoggerHandle?> Task => _source.Task;

    public void CancelBy(CancellationToken cancellation) => _cancellation = cancellation.UnsafeRegister(
        static (call, token) => ((PendingCall)call!)._source.TrySetCanceled(token), this);

    /// <summary>The call has ended. What it gave out and nobody waits for is freed.</summary>
    public void End(Failure? failure, LoggerHandle? opened)
    {
        Release();
        bool awaited = failure is { } given
            ? _source.TrySetException(StatusTable.ToException(given))
            : _source.TrySetResult(opened);
        if (!awaited || failure is not null)
        {
            opened?.Dispose();
        }
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
}
