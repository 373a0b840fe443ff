namespace Metrana.Syvain.Delivery;

/// <summary>Tells the time, and waits: between two tries of a request, and for a batch to fill. Tests have one of their own.</summary>
internal class DeliveryClock
{
    public virtual DateTimeOffset Now => DateTimeOffset.UtcNow;

    /// <summary>Between two tries of one request.</summary>
    public virtual Task PauseAsync(TimeSpan time, CancellationToken cancellationToken) => Task.Delay(time, cancellationToken);

    /// <summary>Until what waits is sent in the background.</summary>
    public virtual Task LingerAsync(TimeSpan time, CancellationToken cancellationToken) => Task.Delay(time, cancellationToken);
}
