namespace Metrana.Syvain.Delivery;

/// <summary>
/// What one experiment logged and the service does not have yet, with the counts of everything. It is bounded: when it is full,
/// the oldest metrics go first, then the oldest annotations.
/// </summary>
internal sealed class Outbox(int limit, int? maxRetries)
{
    private const int KeptErrors = 20;

    private readonly object _gate = new();
    private readonly Deque<MetricItem> _metrics = new();
    private readonly Deque<AnnotationItem> _annotations = new();
    private readonly Queue<string> _errors = new();
    private readonly Tally _metricTally = new();
    private readonly Tally _annotationTally = new();
    private readonly Tally _statusTally = new();

    private StatusItem? _status;
    private StatusItem? _statusUnderWay;
    private long _sequence;
    private long _nonFinite;
    private long _retryable;
    private long _permanent;
    private long _errorCount;

    public ExperimentDelivery Delivery
    {
        get
        {
            lock (_gate)
            {
                return Counts;
            }
        }
    }

    /// <summary>Whether nothing waits.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_gate)
            {
                return _metrics.Count + _annotations.Count == 0 && _status is null;
            }
        }
    }

    /// <summary>The place of the latest item.</summary>
    public long Mark
    {
        get
        {
            lock (_gate)
            {
                return _sequence;
            }
        }
    }

    private ExperimentDelivery Counts => new(_metricTally.Count, _annotationTally.Count, _statusTally.Count, _nonFinite);

    /// <summary>Takes a metric; says how many items had to go for it.</summary>
    public int Add(MetricItem metric)
    {
        lock (_gate)
        {
            metric.Sequence = ++_sequence;
            _metricTally.Added++;
            _metrics.AddLast(metric);
            return Trim();
        }
    }

    /// <summary>Takes an annotation; says how many items had to go for it.</summary>
    public int Add(AnnotationItem annotation)
    {
        lock (_gate)
        {
            annotation.Sequence = ++_sequence;
            _annotationTally.Added++;
            _annotations.AddLast(annotation);
            return Trim();
        }
    }

    /// <summary>Takes a status in place of one that waits.</summary>
    public void Set(StatusItem status)
    {
        lock (_gate)
        {
            status.Sequence = ++_sequence;
            _statusTally.Added += _status is null ? 1 : 0;
            _status = status;
        }
    }

    public void CountNonFinite()
    {
        lock (_gate)
        {
            _nonFinite++;
        }
    }

    /// <summary>Takes out a batch of what was logged up to a mark: metrics first, then annotations with what room is left.</summary>
    public (List<MetricItem> Metrics, List<AnnotationItem> Annotations) Take(int most, long mark)
    {
        lock (_gate)
        {
            List<MetricItem> metrics = [];
            while (metrics.Count < most && _metrics.Count > 0 && _metrics[0].Sequence <= mark)
            {
                metrics.Add(_metrics.RemoveFirst());
            }

            List<AnnotationItem> annotations = [];
            while (metrics.Count + annotations.Count < most && _annotations.Count > 0 && _annotations[0].Sequence <= mark)
            {
                annotations.Add(_annotations.RemoveFirst());
            }

            return (metrics, annotations);
        }
    }

    /// <summary>Takes out the status that waits, once nothing else does: it says that everything before it is there.</summary>
    public StatusItem? TakeStatus()
    {
        lock (_gate)
        {
            if (_metrics.Count + _annotations.Count > 0)
            {
                return null;
            }

            (_statusUnderWay, _status) = (_status, null);
            return _statusUnderWay;
        }
    }

    /// <summary>Puts back what was taken out, in its order, or drops what was tried too often. Says how many are lost.</summary>
    public int Return(IReadOnlyList<MetricItem> metrics, IReadOnlyList<AnnotationItem> annotations)
    {
        lock (_gate)
        {
            int lost = 0;
            foreach (MetricItem metric in metrics.Reverse())
            {
                if (metric.Failures > maxRetries)
                {
                    lost++;
                    _metricTally.Dropped++;
                }
                else
                {
                    _metrics.AddFirst(metric);
                }
            }

            foreach (AnnotationItem annotation in annotations.Reverse())
            {
                if (annotation.Failures > maxRetries)
                {
                    lost++;
                    _annotationTally.Dropped++;
                }
                else
                {
                    _annotations.AddFirst(annotation);
                }
            }

            return lost + Trim();
        }
    }

    /// <summary>Puts a status back, unless a newer one waits. Says whether it is lost.</summary>
    public bool Return(StatusItem status)
    {
        lock (_gate)
        {
            _statusUnderWay = null;
            if (_status is not null)
            {
                // The newer one was counted as one of its own.
                _statusTally.Added--;
                return false;
            }

            if (status.Failures > maxRetries)
            {
                _statusTally.Dropped++;
                return true;
            }

            _status = status;
            return false;
        }
    }

    public void Delivered(int metrics = 0, int annotations = 0, int statuses = 0)
    {
        lock (_gate)
        {
            _metricTally.Delivered += metrics;
            _annotationTally.Delivered += annotations;
            _statusTally.Delivered += statuses;
            _statusUnderWay = statuses > 0 ? null : _statusUnderWay;
        }
    }

    public void Dropped(int metrics = 0, int annotations = 0, int statuses = 0)
    {
        lock (_gate)
        {
            _metricTally.Dropped += metrics;
            _annotationTally.Dropped += annotations;
            _statusTally.Dropped += statuses;
            _statusUnderWay = statuses > 0 ? null : _statusUnderWay;
        }
    }

    /// <summary>A request failed.</summary>
    public void Failed(bool retryable, string error)
    {
        lock (_gate)
        {
            _retryable += retryable ? 1 : 0;
            _permanent += retryable ? 0 : 1;
            _errorCount++;
            _errors.Enqueue(error);
            if (_errors.Count > KeptErrors)
            {
                _errors.Dequeue();
            }
        }
    }

    /// <summary>Drops everything that waits; says how many there were.</summary>
    public long Abandon()
    {
        lock (_gate)
        {
            long lost = _metrics.Count + _annotations.Count + (_status is null ? 0 : 1);
            _metricTally.Dropped += _metrics.Count;
            _annotationTally.Dropped += _annotations.Count;
            _statusTally.Dropped += _status is null ? 0 : 1;
            while (_metrics.Count > 0)
            {
                _metrics.RemoveFirst();
            }

            while (_annotations.Count > 0)
            {
                _annotations.RemoveFirst();
            }

            _status = null;
            return lost;
        }
    }

    /// <summary>What happened since a look before, and what of the items up to a mark still waits.</summary>
    public FlushResult Report(ref Ledger since, long mark)
    {
        lock (_gate)
        {
            Ledger before = since;
            since = new Ledger(Counts, _retryable, _permanent, _errorCount);
            int fresh = (int)Math.Min(_errors.Count, _errorCount - before.Errors);
            return new FlushResult
            {
                DeliveredMetrics = _metricTally.Delivered - before.Delivery.Metrics.Delivered,
                DeliveredAnnotations = _annotationTally.Delivered - before.Delivery.Annotations.Delivered,
                DeliveredStatuses = _statusTally.Delivered - before.Delivery.Statuses.Delivered,
                DroppedMetrics = _metricTally.Dropped - before.Delivery.Metrics.Dropped,
                DroppedAnnotations = _annotationTally.Dropped - before.Delivery.Annotations.Dropped,
                DroppedStatuses = _statusTally.Dropped - before.Delivery.Statuses.Dropped,
                RetryableFailures = _retryable - before.RetryableFailures,
                PermanentFailures = _permanent - before.PermanentFailures,
                PendingMetrics = Waiting(_metrics, mark),
                PendingAnnotations = Waiting(_annotations, mark),
                PendingStatuses = _status is null && _statusUnderWay is null ? 0 : 1,
                Errors = [.. _errors.Skip(_errors.Count - fresh)],
            };
        }
    }

    private static int Waiting<T>(Deque<T> items, long mark)
        where T : Item
    {
        int count = 0;
        while (count < items.Count && items[count].Sequence <= mark)
        {
            count++;
        }

        return count;
    }

    private int Trim()
    {
        int lost = 0;
        for (; _metrics.Count + _annotations.Count > limit; lost++)
        {
            if (_metrics.Count > 0)
            {
                _metrics.RemoveFirst();
                _metricTally.Dropped++;
            }
            else
            {
                _annotations.RemoveFirst();
                _annotationTally.Dropped++;
            }
        }

        return lost;
    }
}
