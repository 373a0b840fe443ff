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
    private readonly HashSet<string> _refused = new(StringComparer.Ordinal);
    private Run? _run;
    private Thread? _thread;
    private long? _said;
    private long _droppedSaid;
    private string? _why;
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
            _refused.Clear();
            if (!runs.IsGiven)
            {
                Attach(found);
            }
        }
    }

    private void Pump()
    {
        ReadOnlySpan<QueuedEntry> entries = queue.Take();
        try
        {
            foreach (ref readonly QueuedEntry entry in entries)
            {
                Log(entry);
            }
        }
        finally
        {
            queue.Done();
        }
    }

    private void Log(in QueuedEntry entry)
    {
        string name = entry.Note is null ? entry.Prefix + entry.Name : "";
        try
        {
            if (_run is null or { HasEnded: true })
            {
                _why = _run is null ? "no run was started" : "the run has ended";
                queue.Count(dropped: 1);
                return;
            }

            if (entry.Note is { } note)
            {
                _run.Annotate(note.Text, note.Metadata, note.Step);
            }
            else if (Find(entry) is { } series)
            {
                series.Log(entry.Value, entry.Step, Timestamps.At(entry.Timestamp));
            }
            else
            {
                queue.Count(refused: 1);
                return;
            }

            queue.Count(logged: 1);
        }
        catch (Exception e) when (e is MetricValidationException or ArgumentException)
        {
            queue.Count(refused: 1);
            if (_refused.Add(name))
            {
                Tell($"The run refuses {(name.Length == 0 ? "an annotation" : $"'{name}'")}: {e.Message}");
            }
        }
        catch (Exception e)
        {
            queue.Count(dropped: 1);
            _why = e is ObjectDisposedException ? "the run has ended" : e.Message;
        }
    }

    /// <summary>The series of a value; null where the run has refused it before.</summary>
    private Series? Find(in QueuedEntry entry)
    {
        (string, string) key = (entry.Prefix, entry.Name);
        if (!_series.TryGetValue(key, out Series? series))
        {
            // A refusal is one for good: it is remembered, so that an exception is not thrown for each value.
            _series[key] = null;
            _series[key] = series = _run!.Series(entry.Prefix + entry.Name, scale);
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
