using System.Globalization;

namespace Metrana.Syvain.Delivery;

/// <summary>
/// Takes batches out of an outbox and sees them to their destination, in the background and when somebody flushes. One batch is
/// under way at a time, so that no status overtakes what was logged before it.
/// </summary>
internal sealed class Sender : IDisposable
{
    /// <summary>How many refusals in a row are taken for single bad metrics. A service that takes nothing of a batch is not asked for ever.</summary>
    private const int MostHalvings = 64;

    private static readonly TimeSpan _shortestPause = TimeSpan.FromSeconds(0.25);
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(30);

    private readonly string _slug;
    private readonly Outbox _outbox;
    private readonly IDestination _destination;
    private readonly CollectorOptions _options;
    private readonly Warnings _warnings;
    private readonly SemaphoreSlim _underWay = new(1);
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationToken _stopped;

    private int _armed;
    private Task _pump = Task.CompletedTask;
    private Ledger _flushed;
    private Ledger _thrown;

    public Sender(string slug, Outbox outbox, IDestination destination, CollectorOptions options, Warnings warnings)
    {
        (_slug, _outbox, _destination, _options, _warnings) = (slug, outbox, destination, options, warnings);
        _stopped = _stop.Token;
    }

    /// <summary>What is done with a batch that the service refuses.</summary>
    private enum Refused
    {
        /// <summary>What is bad in it is found and dropped.</summary>
        Drop,

        /// <summary>It waits, and no retry is counted.</summary>
        Keep,
    }

    public void Dispose() => _stop.Dispose();

    /// <summary>Sends what waits after the delay, unless that is going to happen anyway.</summary>
    public void Arm()
    {
        if (Interlocked.Exchange(ref _armed, 1) == 0)
        {
            _pump = Task.Run(PumpAsync);
        }
    }

    /// <summary>Tries once to deliver everything that was logged until now, and waits for what is under way.</summary>
    public async Task<FlushResult> FlushAsync(CancellationToken cancellationToken)
    {
        long mark = _outbox.Mark;
        await SendAsync(mark, Refused.Drop, cancellationToken).ConfigureAwait(false);
        return Report(ref _flushed, mark);
    }

    /// <summary>Tries several times, and throws when something waits or was lost since the last call.</summary>
    public async Task<FlushResult> FlushOrThrowAsync(int retries, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(retries);
        long mark = _outbox.Mark;
        for (int attempt = 0; attempt <= retries; attempt++)
        {
            if (await SendAsync(mark, Refused.Drop, cancellationToken).ConfigureAwait(false))
            {
                break;
            }
        }

        FlushResult result = Report(ref _thrown, mark);
        return result.Ok
            ? result
            : throw new CollectorException(
                $"The experiment '{_slug}' is not delivered: {result}. {string.Join(" ", result.Errors.TakeLast(3))}", result);
    }

    /// <summary>Tries several times, drops nothing, throws nothing, and says what is left.</summary>
    public async Task FlushBestEffortAsync(int retries, CancellationToken cancellationToken)
    {
        long mark = _outbox.Mark;
        for (int attempt = 0; attempt <= retries; attempt++)
        {
            if (await SendAsync(mark, Refused.Keep, cancellationToken).ConfigureAwait(false))
            {
                break;
            }
        }

        Ledger none = default;
        FlushResult result = _outbox.Report(ref none, mark);
        if (result.PendingMetrics + result.PendingAnnotations + result.PendingStatuses > 0)
        {
            _warnings.Say("pending", $"the experiment '{_slug}' is not delivered yet: {result}. {(result.Errors.Count > 0 ? result.Errors[^1] : "")}");
        }
    }

    /// <summary>Ends the background work; what still waits is counted as lost.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _pump.ConfigureAwait(false);
        await _underWay.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        long lost = _outbox.Abandon();
        _underWay.Release();
        if (lost > 0)
        {
            _warnings.Say("lost", string.Create(CultureInfo.InvariantCulture, $"the collector was closed before {lost} items of the experiment '{_slug}' were delivered: they are lost."));
        }
    }

    private FlushResult Report(ref Ledger since, long mark)
    {
        lock (_outbox)
        {
            return _outbox.Report(ref since, mark);
        }
    }

    private async Task PumpAsync()
    {
        try
        {
            TimeSpan delay = _options.FlushDelay;
            do
            {
                await _options.Clock.LingerAsync(delay, _stopped).ConfigureAwait(false);
                bool delivered = await SendAsync(long.MaxValue, Refused.Drop, _stopped).ConfigureAwait(false);
                delay = delivered ? _options.FlushDelay : Longer(delay);
            }
            while (!_outbox.IsEmpty);
        }
        catch (OperationCanceledException) when (_stopped.IsCancellationRequested)
        {
            // The collector is closed.
        }
        catch (Exception e)
        {
            // Nobody awaits this. What was under way is back in the queue, and is tried again.
            _outbox.Failed(retryable: true, $"{e.GetType().Name}: {e.Message}");
            _warnings.Say("failed", $"sending the experiment '{_slug}' failed and is tried again: {e.GetType().Name}: {e.Message}");
        }
        finally
        {
            Volatile.Write(ref _armed, 0);
        }

        // Something may have come between the last look and the moment at which this was no longer armed.
        if (!_outbox.IsEmpty && !_stopped.IsCancellationRequested)
        {
            Arm();
        }
    }

    /// <summary>A service that is away is asked less and less often.</summary>
    private TimeSpan Longer(TimeSpan delay)
    {
        double twice = Math.Max(2 * delay.TotalSeconds, _shortestPause.TotalSeconds);
        return TimeSpan.FromSeconds(Math.Min(twice, Math.Max(_options.FlushDelay.TotalSeconds, _longestPause.TotalSeconds)));
    }

    /// <summary>Sends everything up to a mark, and then the status. Says whether nothing has to be tried again.</summary>
    private async Task<bool> SendAsync(long mark, Refused refused, CancellationToken cancellationToken)
    {
        await _underWay.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            while (true)
            {
                (List<MetricItem> metrics, List<AnnotationItem> annotations) = _outbox.Take(_options.MaxBatchItems, mark);
                if (metrics.Count + annotations.Count == 0)
                {
                    return await SendStatusAsync(refused, cancellationToken).ConfigureAwait(false);
                }

                if (!await SendAsync(metrics, annotations, refused, cancellationToken).ConfigureAwait(false))
                {
                    return false;
                }
            }
        }
        finally
        {
            _underWay.Release();
        }
    }

    private async Task<bool> SendAsync(
        List<MetricItem> metrics, List<AnnotationItem> annotations, Refused refused, CancellationToken cancellationToken)
    {
        List<MetricItem> metricsLeft = metrics;
        int annotationsDone = 0;
        try
        {
            metricsLeft = await SendAsync(metrics, refused, cancellationToken).ConfigureAwait(false);
            while (metricsLeft.Count == 0 && annotationsDone < annotations.Count)
            {
                if (!await SendAsync(annotations[annotationsDone], refused, cancellationToken).ConfigureAwait(false))
                {
                    break;
                }

                annotationsDone++;
            }
        }
        finally
        {
            Lost(_outbox.Return(metricsLeft, annotations[annotationsDone..]), "they could not be delivered");
        }

        return metricsLeft.Count == 0 && annotationsDone == annotations.Count;
    }

    /// <summary>
    /// Sends metrics in one request. Where the service refuses what is in it, halves of it are sent until what is bad stands alone:
    /// one bad metric takes no good one with it. Says what has to be tried again.
    /// </summary>
    private async Task<List<MetricItem>> SendAsync(List<MetricItem> metrics, Refused refused, CancellationToken cancellationToken)
    {
        Stack<List<MetricItem>> parts = new();
        if (metrics.Count > 0)
        {
            parts.Push(metrics);
        }

        int halvings = 0;
        while (parts.TryPop(out List<MetricItem>? part))
        {
            try
            {
                await _destination.SendAsync(part, cancellationToken).ConfigureAwait(false);
                _outbox.Delivered(metrics: part.Count);
                halvings = 0;
            }
            catch (DeliveryException e) when (IsKept(e, refused))
            {
                Failed(e, refused, part);
                return [.. part, .. parts.SelectMany(later => later)];
            }
            catch (DeliveryException e) when (e.Kind == FailureKind.RefusedContent && part.Count > 1 && halvings < MostHalvings)
            {
                halvings++;
                int middle = part.Count / 2;
                parts.Push(part[middle..]);
                parts.Push(part[..middle]);
            }
            catch (DeliveryException e)
            {
                Failed(e, refused, part);
                _outbox.Dropped(metrics: part.Count);
                Lost(part.Count, "the service refused them");
            }
            catch
            {
                // What was delivered or dropped of it so far is counted; the rest goes back.
                List<MetricItem> left = [.. part, .. parts.SelectMany(later => later)];
                metrics.Clear();
                metrics.AddRange(left);
                throw;
            }
        }

        return [];
    }

    /// <summary>Says whether the next one can be sent.</summary>
    private async Task<bool> SendAsync(AnnotationItem annotation, Refused refused, CancellationToken cancellationToken)
    {
        try
        {
            await _destination.SendAsync(annotation, cancellationToken).ConfigureAwait(false);
            _outbox.Delivered(annotations: 1);
        }
        catch (DeliveryException e) when (IsKept(e, refused))
        {
            Failed(e, refused, [annotation]);
            return false;
        }
        catch (DeliveryException e)
        {
            Failed(e, refused, [annotation]);
            _outbox.Dropped(annotations: 1);
            Lost(1, "the service refused them");
        }

        return true;
    }

    private async Task<bool> SendStatusAsync(Refused refused, CancellationToken cancellationToken)
    {
        if (_outbox.TakeStatus() is not { } status)
        {
            return true;
        }

        try
        {
            await _destination.SendAsync(status, cancellationToken).ConfigureAwait(false);
            _outbox.Delivered(statuses: 1);
            return true;
        }
        catch (DeliveryException e) when (IsKept(e, refused))
        {
            Failed(e, refused, [status]);
            Lost(_outbox.Return(status) ? 1 : 0, "they could not be delivered");
            return false;
        }
        catch (DeliveryException e)
        {
            Failed(e, refused, [status]);
            _outbox.Dropped(statuses: 1);
            Lost(1, "the service refused them");
            return true;
        }
        catch
        {
            _outbox.Return(status);
            throw;
        }
    }

    private static bool IsKept(DeliveryException failure, Refused refused) =>
        failure.Kind is FailureKind.Retryable or FailureKind.Unauthorized || refused == Refused.Keep;

    private void Failed(DeliveryException failure, Refused refused, IEnumerable<Item> items)
    {
        _outbox.Failed(failure.Kind is FailureKind.Retryable or FailureKind.Unauthorized, failure.Message);
        foreach (Item item in refused == Refused.Drop ? items : [])
        {
            item.Failures++;
        }
    }

    private void Lost(int count, string why)
    {
        if (count > 0)
        {
            DeliveryCount all = _outbox.Delivery.Metrics;
            _warnings.Say(why, string.Create(CultureInfo.InvariantCulture, $"{count} items of the experiment '{_slug}' are lost: {why} ({all.Dropped} of {all.Added} metrics so far)."));
        }
    }
}
