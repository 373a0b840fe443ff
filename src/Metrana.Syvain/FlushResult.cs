using System.Globalization;

namespace Metrana.Syvain;

/// <summary>
/// The result of a flush: everything that was delivered or lost since the previous flush, also in the background, and what is pending now.
/// </summary>
public sealed record FlushResult
{
    /// <summary>Whether nothing is pending and nothing was lost.</summary>
    public bool Ok => PendingMetrics + PendingAnnotations + PendingStatuses + DroppedMetrics + DroppedAnnotations + DroppedStatuses == 0;

    /// <summary>Metrics that the service accepted.</summary>
    public long DeliveredMetrics { get; init; }

    /// <summary>Annotations that the service accepted.</summary>
    public long DeliveredAnnotations { get; init; }

    /// <summary>Statuses that the service accepted.</summary>
    public long DeliveredStatuses { get; init; }

    /// <summary>Metrics that were lost: refused by the service, retried too often, or evicted from a full queue.</summary>
    public long DroppedMetrics { get; init; }

    /// <summary>Annotations that were lost.</summary>
    public long DroppedAnnotations { get; init; }

    /// <summary>Statuses that were lost.</summary>
    public long DroppedStatuses { get; init; }

    /// <summary>Requests that failed and can be retried.</summary>
    public long RetryableFailures { get; init; }

    /// <summary>Requests that the service refused for good.</summary>
    public long PermanentFailures { get; init; }

    /// <summary>Metrics that were logged before the flush began and are still pending.</summary>
    public long PendingMetrics { get; init; }

    /// <summary>Annotations that were logged before the flush began and are still pending.</summary>
    public long PendingAnnotations { get; init; }

    /// <summary>Statuses that are pending.</summary>
    public long PendingStatuses { get; init; }

    /// <summary>The error messages, oldest first; at most twenty.</summary>
    public IReadOnlyList<string> Errors { get; init; } = [];

    /// <summary>Returns the counts in one line.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{DeliveredMetrics} metrics, {DeliveredAnnotations} annotations and {DeliveredStatuses} statuses delivered; {DroppedMetrics}, {DroppedAnnotations} and {DroppedStatuses} lost; {PendingMetrics}, {PendingAnnotations} and {PendingStatuses} waiting");

    /// <summary>The results of several experiments as one.</summary>
    internal static FlushResult Sum(IReadOnlyList<FlushResult> results) => new()
    {
        DeliveredMetrics = results.Sum(one => one.DeliveredMetrics),
        DeliveredAnnotations = results.Sum(one => one.DeliveredAnnotations),
        DeliveredStatuses = results.Sum(one => one.DeliveredStatuses),
        DroppedMetrics = results.Sum(one => one.DroppedMetrics),
        DroppedAnnotations = results.Sum(one => one.DroppedAnnotations),
        DroppedStatuses = results.Sum(one => one.DroppedStatuses),
        RetryableFailures = results.Sum(one => one.RetryableFailures),
        PermanentFailures = results.Sum(one => one.PermanentFailures),
        PendingMetrics = results.Sum(one => one.PendingMetrics),
        PendingAnnotations = results.Sum(one => one.PendingAnnotations),
        PendingStatuses = results.Sum(one => one.PendingStatuses),
        Errors = [.. results.SelectMany(one => one.Errors)],
    };
}
