using System.Globalization;
using Metrana.Native.Interop;

namespace Metrana;

/// <summary>Looks at the counters of a run once a second, and says at most once a minute that points are dropped or do not arrive.</summary>
internal sealed class DeliveryWatch : IDisposable
{
    private static readonly TimeSpan _period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    private readonly Func<RunDelivery> _delivery;
    private readonly RunConsole _console;
    private readonly bool _tellsDrops;
    private readonly TimeProvider _clock;
    private readonly ITimer _timer;
    private readonly object _gate = new();
    private readonly SaidSeldom _drops;
    private readonly SaidSeldom _stalls;

    private long _dropped;
    private long _sent = -1;
    private long _lastProgress;

    /// <param name="delivery">Reads the counters.</param>
    /// <param name="console">Where it says so.</param>
    /// <param name="tellsDrops">Not with <see cref="ErrorStrategy.Silent"/>: then the counters and the summary tell alone.</param>
    /// <param name="clock">Tells the time.</param>
    public DeliveryWatch(Func<RunDelivery> delivery, RunConsole console, bool tellsDrops, TimeProvider clock)
    {
        _delivery = delivery;
        _console = console;
        _tellsDrops = tellsDrops;
        _clock = clock;
        (_drops, _stalls) = (new SaidSeldom(clock), new SaidSeldom(clock));
        _lastProgress = clock.GetTimestamp();
        _timer = clock.CreateTimer(static state => ((DeliveryWatch)state!).Look(), this, _period, _period);
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        // A look that takes longer than a second is not joined by the next one.
        if (!Monitor.TryEnter(_gate))
        {
            return;
        }

        try
        {
            Look(_delivery(), _clock.GetTimestamp());
        }
        catch (ObjectDisposedException)
        {
            // The run ended meanwhile.
        }
        finally
        {
            Monitor.Exit(_gate);
        }
    }

    private void Look(RunDelivery now, long at)
    {
        if (now.Sent != _sent || now.Pending == 0)
        {
            (_sent, _lastProgress) = (now.Sent, at);
        }

        if (_tellsDrops && now.Dropped > _dropped && _drops.IsDue)
        {
            string text = string.Create(
                CultureInfo.InvariantCulture,
                $"dropped {Wording.Count(now.Dropped - _dropped, "point")} ({now.Dropped} so far): points come faster than they are delivered, or the service refuses them for good. A larger QueueBytes helps over a short outage; BackpressureStrategy.Block waits instead.");
            _console.Warn(RunEvents.PointsDropped, text, ("Dropped", now.Dropped - _dropped), ("Total", now.Dropped));
            _dropped = now.Dropped;
            _drops.Said();
        }

        TimeSpan stalled = _clock.GetElapsedTime(_lastProgress, at);
        if (now.Pending > 0 && stalled > _patience && _stalls.IsDue)
        {
            string text = string.Create(
                CultureInfo.InvariantCulture,
                $"nothing was delivered for {stalled.TotalSeconds:F0} s; waiting in memory: {Wording.Count(now.Pending, "point")}. Training continues, and all is sent when the service answers again.");
            _console.Warn(RunEvents.NothingDelivered, text, ("Seconds", stalled.TotalSeconds), ("Pending", now.Pending));
            _stalls.Said();
        }
    }
}
