namespace Metrana.Syvain.Delivery;

/// <summary>What waits in a queue.</summary>
internal abstract class Item
{
    /// <summary>Its place in the order of everything that one experiment logged.</summary>
    public long Sequence { get; set; }

    /// <summary>How often it could not be delivered.</summary>
    public int Failures { get; set; }
}

/// <summary>One value.</summary>
/// <param name="name">The metric.</param>
/// <param name="value">A finite number.</param>
/// <param name="step">Its step, if it has one.</param>
/// <param name="metadata">Facts about it, as JSON.</param>
/// <param name="timestamp">Milliseconds since 1970, if they are known.</param>
internal sealed class MetricItem(string name, double value, long? step, byte[] metadata, long? timestamp) : Item
{
    /// <summary>Made once: the service knows a value that arrives twice by it.</summary>
    public Guid EventId { get; } = Guid.NewGuid();

    public string Name => name;

    public double Value => value;

    public long? Step => step;

    public byte[] Metadata => metadata;

    public long? Timestamp => timestamp;
}

/// <summary>One text.</summary>
/// <param name="text">The text.</param>
/// <param name="metadata">Facts about it, as JSON.</param>
internal sealed class AnnotationItem(string text, byte[] metadata) : Item
{
    public string Text => text;

    public byte[] Metadata => metadata;

    /// <summary>
    /// Of all requests that carry it, in later flushes too: an annotation has no id of its own, and one whose answer was lost
    /// would be stored twice. A request that was turned away for its token stored nothing, and the next has a new key.
    /// </summary>
    public Guid IdempotencyKey { get; set; } = Guid.NewGuid();
}

/// <summary>Where the experiment stands.</summary>
/// <param name="status">As the service calls it.</param>
/// <param name="errorName">What kind of error ended it.</param>
/// <param name="errorDetail">The error's own text.</param>
internal sealed class StatusItem(string status, string? errorName = null, string? errorDetail = null) : Item
{
    public string Status => status;

    public string? ErrorName => errorName;

    public string? ErrorDetail => errorDetail;
}
