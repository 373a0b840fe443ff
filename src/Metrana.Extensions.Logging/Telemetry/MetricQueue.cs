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
    private QueuedEntry[] _entries = new QueuedEntry[64];
    private QueuedEntry[] _other = [];
    private int _count;
    private int _inHand;
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
    /// <returns>Whether it is the first that ever came: nobody reads yet.</returns>
    public bool Add(string prefix, ReadOnlySpan<EventFields.Field> numbers, long step, FieldRole without, long timestamp)
    {
        int points = 0;
        foreach (ref readonly EventFields.Field number in numbers)
        {
            points += number.Role == without ? 0 : 1;
        }

        lock (_gate)
        {
            bool isFirst = _added == 0;
            _events++;
            _added += points;
            if (!MakeRoom(points))
            {
                _dropped += points;
                return isFirst;
            }

            foreach (ref readonly EventFields.Field number in numbers)
            {
                if (number.Role != without)
                {
                    _entries[_count++] = new QueuedEntry(prefix, number.Name, number.Value, step, timestamp, null);
                }
            }

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
            if (!MakeRoom(1))
            {
                _dropped++;
                return isFirst;
            }

            _entries[_count++] = new QueuedEntry("", "", 0, 0, 0, note);
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
            _inVain = _count > 0 ? 0 : _inVain + 1;
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
    public ReadOnlySpan<QueuedEntry> Take()
    {
        lock (_gate)
        {
            (_entries, _other) = (_other.Length < _entries.Length ? new QueuedEntry[_entries.Length] : _other, _entries);
            (_inHand, _count) = (_count, 0);
            return _other.AsSpan(0, _inHand);
        }
    }

    /// <summary>Says what became of one of the values that were taken.</summary>
    public void Count(long logged = 0, long refused = 0, long dropped = 0)
    {
        lock (_gate)
        {
            _logged += logged;
            _refused += refused;
            _dropped += dropped;
        }
    }

    /// <summary>Everything that was taken has been seen to.</summary>
    public void Done()
    {
        lock (_gate)
        {
            Array.Clear(_other, 0, _inHand);
            _inHand = 0;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits until everything that was added before has been seen to; false when that takes longer.</summary>
    public bool Flush(TimeSpan timeout)
    {
        lock (_gate)
        {
            long until = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
            while (_count > 0 || _inHand > 0)
            {
                _hurry = true;
                Monitor.PulseAll(_gate);
                long rest = until - Environment.TickCount64;
                if (rest <= 0 || !Monitor.Wait(_gate, (int)Math.Min(rest, int.MaxValue)))
                {
                    return _count == 0 && _inHand == 0;
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
    private bool MakeRoom(int points)
    {
        if (_closed || _count + _inHand + points > limit)
        {
            return false;
        }

        if (_count + points > _entries.Length)
        {
            Array.Resize(ref _entries, Math.Max(_count + points, _entries.Length * 2));
        }

        return true;
    }

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
