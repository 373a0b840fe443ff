using System.Globalization;
using Metrana.Native;

namespace Metrana.Extensions.Logging.Telemetry;

/// <summary>Brings what waits to the run, on a thread of its own: the run may make a caller wait, and may throw.</summary>
internal sealed class MetricPump(MetricQueue queue, RunSource runs, string? scale, TimeProvider clock, Action<string> warn)
{
    /// <summary>How long the end of a run or of the logging waits for what is on its way.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan _pause = TimeSpan.FromMinutes(1);

    [ThreadStatic]
    private static bool _isPump;

    private readonly Dictionary<(string Prefix, string Name), Series?> _series = [];
    private readonly HashSet<string> _refusedNames = new(StringComparer.Ordinal);
    private Run? _run;
    private Thread? _thread;
    private long? _said;
    private long _droppedSaid;
    private string? _why;
    private long _logged;
    private long _refused;
    private volatile string? _withoutStep;
    private bool _withoutStepSaid;

    /// <summary>Whether the calling thread is one that logs to a run: what is logged on it must not come back.</summary>
    public static bool IsPump => _isPump;

    /// <summary>Whether an event without a step was seen, and will be said.</summary>
    public bool KnowsOneWithoutStep => _withoutStep is not null;

    /// <summary>Has the end of a run wait for what is on its way to it.</summary>
    public void Attach(Run run)
    {
        if (!ReferenceEquals(run, Run.Disabled))
        {
            run.AtTheEnd(() => Flush());
        }
    }

    public void Begin()
    {
        Thread thread = new(Work) { IsBackground = true, Name = "metrana logging" };
        if (Interlocked.CompareExchange(ref _thread, thread, null) is null)
        {
            thread.Start();
        }
    }

    /// <summary>Has an event without a step said, from the first that came.</summary>
    public void SayWithoutStep(string about)
    {
        _withoutStep = about;
        Begin();
    }

    public bool Flush(TimeSpan? timeout = null) => _thread is null || queue.Flush(timeout ?? _patience);

    public void End()
    {
        queue.Close();
        _thread?.Join(_patience);
    }

    private void Work()
    {
        _isPump = true;
        Find();
        bool goesOn = true;
        while (goesOn)
        {
            goesOn = queue.Wait();
            try
            {
                Find();
                if (_run is not null || !goesOn)
                {
                    Pump();
                }

                Say(always: !goesOn);
            }
            catch (Exception e)
            {
                // The thread must not end over one batch, and least of all end the program.
                _why = e.Message;
            }
        }
    }

    private void Find()
    {
        Run? found = runs.Find();
        if (found is not null && !ReferenceEquals(found, _run))
        {
            _run = found;
            _series.Clear();
            _refusedNames.Clear();
            if (!runs.IsGiven)
            {
                Attach(found);
            }
        }
    }

    private void Pump()
    {
        EventBuffer taken = queue.Take();
        (_logged, _refused) = (0, 0);
        try
        {
            ReadOnlySpan<QueuedValue> values = taken.Values;
            foreach (ref readonly QueuedEvent one in taken.Events)
            {
                if (one.Note is { } note)
                {
                    Log(note);
                }

                foreach (ref readonly QueuedValue value in values[..one.Values])
                {
                    Log(one, value);
                }

                values = values[one.Values..];
            }
        }
        finally
        {
            // Told at once: a caller that logs meanwhile would wait for the lock of each value.
            queue.Done(_logged, _refused);
        }
    }

    private void Log(QueuedNote note)
    {
        try
        {
            if (IsOpen)
            {
                _run!.Annotate(note.Text, note.Metadata, note.Step);
                _logged++;
            }
        }
        catch (Exception e)
        {
            Failed(e, "");
        }
    }

    private void Log(in QueuedEvent one, in QueuedValue value)
    {
        try
        {
            if (!IsOpen)
            {
                return;
            }

            if (Find(one.Prefix, value.Name) is { } series)
            {
                series.Log(value.Value, one.Step, Timestamps.At(one.Timestamp));
                _logged++;
            }
            else
            {
                _refused++;
            }
        }
        catch (Exception e)
        {
            Failed(e, one.Prefix + value.Name);
        }
    }

    /// <summary>Whether there is a run that can still be logged to. What does not get there is dropped.</summary>
    private bool IsOpen
    {
        get
        {
            if (_run is { HasEnded: false })
            {
                return true;
            }

            _why = _run is null ? "no run was started" : "the run has ended";
            return false;
        }
    }

    private void Failed(Exception e, string name)
    {
        if (e is not (MetricValidationException or ArgumentException))
        {
            _why = e is ObjectDisposedException ? "the run has ended" : e.Message;
            return;
        }

        _refused++;
        if (_refusedNames.Add(name))
        {
            Tell($"The run refuses {(name.Length == 0 ? "an annotation" : $"'{name}'")}: {e.Message}");
        }
    }

    /// <summary>The series of a value; null where the run has refused it before.</summary>
    private Series? Find(string prefix, string name)
    {
        (string, string) key = (prefix, name);
        if (!_series.TryGetValue(key, out Series? series))
        {
            // A refusal is one for good: it is remembered, so that an exception is not thrown for each value.
            _series[key] = null;
            _series[key] = series = _run!.Series(prefix + name, scale);
        }

        return series;
    }

    private void Say(bool always)
    {
        if (!_withoutStepSaid && _withoutStep is { } about)
        {
            _withoutStepSaid = true;
            Tell($"{about} It is no metric, and neither are others like it; they are counted. A step is a whole number from 0 in one of the fields timesteps, policy_version, step, global_step and update.");
        }

        long dropped = queue.Counts.Dropped;
        if (dropped > _droppedSaid && (always || _said is not { } said || clock.GetElapsedTime(said) >= _pause))
        {
            string why = _why ?? "they come faster than the run takes them";
            Tell(string.Create(CultureInfo.InvariantCulture, $"{dropped - _droppedSaid} values of log events did not reach the run ({dropped} so far): {why}."));
            (_said, _droppedSaid, _why) = (clock.GetTimestamp(), dropped, null);
        }
    }

    /// <summary>What says it is the program's own and may throw anything; values that wait behind it must not pay for that.</summary>
    private void Tell(string text)
    {
        try
        {
            warn(text);
        }
        catch (Exception)
        {
            // The counts still say what happened.
        }
    }
}
