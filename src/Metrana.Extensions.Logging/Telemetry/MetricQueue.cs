namespace Metrana.Extensions.Logging.Telemetry;

/// <summary>
/// Stands between the threads that log events and the run: a caller copies its values in and goes on, whatever the run does.
/// </summary>
internal sealed class MetricQueue(int limit)
{
    /// <summary>How often the reader looks by itself. Waking it up costs a caller more than everything else it does.</summary>
    private static readonly TimeSpan _period = TimeSpan.FromMilliseconds(50);

    /// <summary>After so many looks in vain the reader sleeps until somebody wakes it.</summary>
    private const int LooksInVain = 40;

    private readonly object _gate = new();
    private EventBuffer _waiting = new();
    private EventBuffer _inHand = new();
    private int _inVain;
    private bool _sleeps;
    private bool _hurry;
    private bool _closed;
    private long _events;
    private long _withoutStep;
    private long _unreadable;
    private long _added;
    private long _logged;
    private long _refused;
    private long _dropped;

    public TelemetryCounts Counts
    {
        get
        {
            lock (_gate)
            {
                return new TelemetryCounts(
                    _events, Interlocked.Read(ref _withoutStep), Interlocked.Read(ref _unreadable), _added, _logged, _refused, _dropped, _added - _logged - _refused - _dropped);
            }
        }
    }

    /// <summary>Takes the numbers of an event, all of them or none.</summary>
    /// <param name="prefix">What the names of its metrics begin with.</param>
    /// <param name="numbers">Its numbers.</param>
    /// <param name="values">How many of them are of another role than the one without.</param>
    /// <param name="without">The role of what is no value.</param>
    /// <param name="step">Its step.</param>
    /// <param name="timestamp">When it was logged, in milliseconds since 1970.</param>
    /// <returns>Whether it is the first that ever came: nobody reads yet.</returns>
    public bool Add(string prefix, ReadOnlySpan<EventFields.Field> numbers, int values, FieldRole without, long step, long timestamp)
    {
        lock (_gate)
        {
            bool isFirst = _added == 0;
            _events++;
            _added += values;
            if (!HasRoom(values))
            {
                _dropped += values;
                return isFirst;
            }

            _waiting.Add(prefix, numbers, values, without, step, timestamp);
            Wake();
            return isFirst;
        }
    }

    /// <summary>Takes an annotation.</summary>
    /// <returns>Whether it is the first that ever came.</returns>
    public bool Add(QueuedNote note)
    {
        lock (_gate)
        {
            bool isFirst = _added == 0;
            _added++;
            if (!HasRoom(1))
            {
                _dropped++;
                return isFirst;
            }

            _waiting.Add(note);
            Wake();
            return isFirst;
        }
    }

    /// <summary>Counts an event that has a number and no step.</summary>
    public void NoteWithoutStep() => Interlocked.Increment(ref _withoutStep);

    /// <summary>Counts an event that could not be read.</summary>
    public void NoteUnreadable() => Interlocked.Increment(ref _unreadable);

    /// <summary>Waits until there may be something to do; false when the queue is closed.</summary>
    public bool Wait()
    {
        lock (_gate)
        {
            _inVain = _waiting.Points > 0 ? 0 : _inVain + 1;
            if (!_closed && !_hurry)
            {
                _sleeps = _inVain > LooksInVain;
                Monitor.Wait(_gate, _sleeps ? Timeout.InfiniteTimeSpan : _period);
                _sleeps = false;
            }

            _hurry = false;
            return !_closed;
        }
    }

    /// <summary>Hands over what waits. It counts as pending until <see cref="Done"/>.</summary>
    public EventBuffer Take()
    {
        lock (_gate)
        {
            _inHand.GrowTo(_waiting);
            (_inHand, _waiting) = (_waiting, _inHand);
            return _inHand;
        }
    }

    /// <summary>Everything that was taken has been seen to: what the run did not accept or refuse is dropped.</summary>
    public void Done(long logged, long refused)
    {
        lock (_gate)
        {
            _logged += logged;
            _refused += refused;
            _dropped += _inHand.Points - logged - refused;
            _inHand.Clear();
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits until everything that was added before has been seen to; false when that takes longer.</summary>
    public bool Flush(TimeSpan timeout)
    {
        lock (_gate)
        {
            long until = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
            while (_waiting.Points > 0 || _inHand.Points > 0)
            {
                _hurry = true;
                Monitor.PulseAll(_gate);
                long rest = until - Environment.TickCount64;
                if (rest <= 0 || !Monitor.Wait(_gate, (int)Math.Min(rest, int.MaxValue)))
                {
                    return _waiting.Points == 0 && _inHand.Points == 0;
                }
            }

            return true;
        }
    }

    /// <summary>Takes nothing more, and has the reader finish.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>The lock is held.</summary>
    private bool HasRoom(int points) => !_closed && _waiting.Points + _inHand.Points + points <= limit;

    /// <summary>The lock is held.</summary>
    private void Wake()
    {
        if (_sleeps)
        {
            _sleeps = false;
            Monitor.PulseAll(_gate);
        }
    }
}
