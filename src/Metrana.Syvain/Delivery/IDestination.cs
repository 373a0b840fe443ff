namespace Metrana.Syvain.Delivery;

/// <summary>Where the items of one experiment go. It is called by one caller at a time.</summary>
internal interface IDestination
{
    /// <exception cref="DeliveryException">None of them was taken.</exception>
    Task SendAsync(IReadOnlyList<MetricItem> metrics, CancellationToken cancellationToken);

    /// <exception cref="DeliveryException">It was not taken.</exception>
    Task SendAsync(AnnotationItem annotation, CancellationToken cancellationToken);

    /// <exception cref="DeliveryException">It was not taken.</exception>
    Task SendAsync(StatusItem status, CancellationToken cancellationToken);
}

/// <summary>What can be done about a failure.</summary>
internal enum FailureKind
{
    /// <summary>The same may succeed later.</summary>
    Retryable,

    /// <summary>The token was turned away.</summary>
    Unauthorized,

    /// <summary>The same will fail again.</summary>
    Refused,

    /// <summary>Something in it is bad; without that the rest may be taken.</summary>
    RefusedContent,
}

/// <summary>Something was not delivered.</summary>
internal sealed class DeliveryException(FailureKind kind, string message, Exception? inner = null) : Exception(message, inner)
{
    public FailureKind Kind => kind;
}
