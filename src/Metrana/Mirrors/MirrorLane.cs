using System.Globalization;

namespace Metrana.Mirrors;

/// <summary>
/// What stands between a run and one mirror: a queue that is bounded in bytes, and a thread that belongs to the mirror. A
/// thread and no task, so that a mirror that blocks holds nothing that others need.
/// </summary>
internal sealed class MirrorLane : IDisposable
{
    /// <summary>The most records that a mirror is given at once.</summary>
    private const int Batch = 1000;

    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(5);

    private readonly IRunMirror _mirror;
    private readonly long _limit;
    private readonly RunConsole _console;
    private readonly TimeProvider _clock;
    private readonly SaidSeldom _warnings;
    private readonly TimeSpan _linger;
    private readonly int _enough;
    private readonly object _gate = new();
    private readonly Queue<RunRecord> _queue = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private MirroredEnd? _end;
    private bool _started;
    private bool _abandoned;
    private long _waitingSince;
    private long _bytes;
    private long _added;
    private long _written;
    private long _dropped;
    private long _droppedSaid;
    private Exception? _failure;

    /// <param name="mirror">Whom it serves.</param>
    /// <param name="limit">How many bytes may wait.</param>
    /// <param name="console">Where problems are said.</param>
    /// <param name="clock">Tells when to say them again, and how long few points have waited for more.</param>
    public MirrorLane(IRunMirror mirror, long limit, RunConsole console, TimeProvider clock) =>
        (_mirror, _limit, _console, _clock, _warnings, _linger, _enough) =
            (mirror, limit, console, clock, new SaidSeldom(clock), mirror.Linger, mirror.LingerPoints);

    /// <summary>Ends when the mirror has written everything and was disposed.</summary>
    public Task Done => _done.Task;

    public MirrorDelivery Delivery
    {
        get
        {
            lock (_gate)
            {
                return new MirrorDelivery
                {
                    Mirror = _mirror.Name,
                    Added = _added,
                    Written = _written,
                    Dropped = _dropped,
                    Pending = Pending,
                };
            }
        }
    }

    public void Dispose() => _stop.Dispose();

    public void Begin(MirroredRun run) =>
        new Thread(() => Work(run)) { IsBackground = true, Name = $"metrana mirror {_mirror.Name}" }.Start();

    /// <summary>Takes a record, or counts it as dropped when there is no room.</summary>
    public void Add(RunRecord record)
    {
        lock (_gate)
        {
            _added += record.Points;
            if (_end is not null || _bytes + record.Bytes > _limit)
            {
                _dropped += record.Points;
                return;
            }

            bool isFirst = _queue.Count == 0;
            if (isFirst && _linger > TimeSpan.Zero)
            {
                _waitingSince = _clock.GetTimestamp();
            }

            _bytes += record.Bytes;
            _queue.Enqueue(record);

            // A thread that waits for more is woken by the first and by what makes it enough: waking it costs a caller most.
            if (isFirst || IsEnough)
            {
                Monitor.Pulse(_gate);
            }
        }
    }

    /// <summary>Has the mirror write what waits, and finish.</summary>
    public void End(MirroredEnd end)
    {
        lock (_gate)
        {
            _end = end;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits no longer: what is still in the queue is dropped, and the mirror is asked to give up.</summary>
    public void Abandon()
    {
        lock (_gate)
        {
            _abandoned = true;
            Drop();
            Monitor.PulseAll(_gate);
        }

        // On the pool: what a mirror does when its token is cancelled is its own, and may block.
        _ = Task.Run(_stop.Cancel);
        Look(always: true);
    }

    /// <summary>Says that something was lost, at most once a minute.</summary>
    public void Look(bool always = false)
    {
        string text, why;
        long dropped, total;
        lock (_gate)
        {
            if ((_dropped == _droppedSaid && _failure is null) || !(always || _warnings.IsDue))
            {
                return;
            }

            why = _failure is { } failure ? $"{failure.GetType().Name}: {failure.Message.TrimEnd('.')}" : "it takes them more slowly than they come";
            (dropped, total) = (_dropped - _droppedSaid, _dropped);
            text = dropped == 0
                ? $"the mirror {_mirror.Name} {(_started ? "did not finish" : "does not start, and is tried again")}: {why}"
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{dropped} points did not reach the mirror {_mirror.Name} ({total} so far): {why}. The run itself has them.");
            (_droppedSaid, _failure) = (total, null);
            _warnings.Said();
        }

        _console.Warn(RunEvents.MirrorIncomplete, text, ("Mirror", _mirror.Name), ("Dropped", dropped), ("Total", total), ("Reason", why));
    }

    private long Pending => _added - _written - _dropped;

    private void Work(MirroredRun run)
    {
        try
        {
            if (Start(run))
            {
                List<RunRecord> batch = [];
                while (Take(batch))
                {
                    Write(batch.ToArray());
                }

                Try(() => _mirror.EndAsync(_end!, _stop.Token));
            }
        }
        finally
        {
            Try(_mirror.DisposeAsync);
            _done.SetResult();
        }
    }

    /// <summary>Starts the mirror, as often as it takes; false when the run has ended before it did.</summary>
    private bool Start(MirroredRun run)
    {
        while (true)
        {
            // The end does not take the last try away: a short run is over before a slow mirror has failed once.
            bool isLast = HasEnded;
            bool started = Try(() => _mirror.StartAsync(run, _stop.Token));
            lock (_gate)
            {
                if (started)
                {
                    _started = true;
                    return true;
                }

                if (isLast || _abandoned)
                {
                    Drop();
                    return false;
                }

                if (_end is null)
                {
                    Monitor.Wait(_gate, _pause);
                }
            }
        }
    }

    private bool HasEnded
    {
        get
        {
            lock (_gate)
            {
                return _end is not null;
            }
        }
    }

    /// <summary>Waits for records; false when the run has ended and there are no more.</summary>
    private bool Take(List<RunRecord> batch)
    {
        batch.Clear();
        lock (_gate)
        {
            do
            {
                while (_queue.Count == 0)
                {
                    if (_end is not null)
                    {
                        return false;
                    }

                    Monitor.Wait(_gate);
                }

                Linger();
            }
            while (_queue.Count == 0); // Dropped meanwhile.

            while (batch.Count < Batch && _queue.TryDequeue(out RunRecord? record))
            {
                batch.Add(record);
            }

            return true;
        }
    }

    /// <summary>Lets few points wait for more. The lock is held, and given up meanwhile.</summary>
    private void Linger()
    {
        TimeSpan rest = IsEnough ? TimeSpan.Zero : _linger - _clock.GetElapsedTime(_waitingSince);
        if (rest <= TimeSpan.Zero)
        {
            return;
        }

        bool isOver = false;
        using ITimer timer = _clock.CreateTimer(_ => End(), null, rest, Timeout.InfiniteTimeSpan);
        while (!isOver && !IsEnough)
        {
            Monitor.Wait(_gate);
        }

        void End()
        {
            lock (_gate)
            {
                isOver = true;
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>Whether what waits need not wait for more: at the end nothing does, and neither does what fills the queue.</summary>
    private bool IsEnough => _end is not null || Pending >= _enough || _bytes > _limit / 2;

    private void Write(RunRecord[] batch)
    {
        bool taken = Try(() => _mirror.WriteAsync(batch, _stop.Token));
        long points = batch.Sum(record => (long)record.Points);
        lock (_gate)
        {
            // What the mirror is at counts as waiting until it is done with it.
            _bytes -= batch.Sum(record => record.Bytes);
            if (taken)
            {
                _written += points;
            }
            else
            {
                _dropped += points;
            }
        }
    }

    /// <summary>Calls the mirror, which is somebody else's code and may throw anything.</summary>
    private bool Try(Func<ValueTask> call)
    {
        try
        {
            call().AsTask().GetAwaiter().GetResult();
            return true;
        }
        catch (Exception e)
        {
            lock (_gate)
            {
                _failure = e;
            }

            return false;
        }
    }

    /// <summary>Drops what is in the queue. The lock is held.</summary>
    private void Drop()
    {
        while (_queue.TryDequeue(out RunRecord? record))
        {
            _dropped += record.Points;
            _bytes -= record.Bytes;
        }
    }
}
