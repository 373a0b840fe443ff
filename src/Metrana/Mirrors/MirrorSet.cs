using Metrana.Backends;

namespace Metrana.Mirrors;

/// <summary>The mirrors of one run.</summary>
internal sealed class MirrorSet : IDisposable
{
    private static readonly TimeSpan _period = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _clock;
    private readonly MirrorLane[] _lanes;
    private ITimer? _timer;

    public MirrorSet(IReadOnlyList<IRunMirror> mirrors, long limit, RunConsole console, TimeProvider clock)
    {
        _clock = clock;
        _lanes = [.. mirrors.Select(mirror => new MirrorLane(mirror, limit, console, clock))];
        Records = new RecordMaker(clock);
    }

    public RecordMaker Records { get; }

    public IReadOnlyList<MirrorDelivery> Deliveries => [.. _lanes.Select(lane => lane.Delivery)];

    /// <summary>Where calls go from now on: to a backend, and from there to the mirrors.</summary>
    public Backend Over(Backend backend) => _lanes.Length == 0 ? backend : new MirroringBackend(backend, this);

    public void Begin(MirroredRun run)
    {
        Array.ForEach(_lanes, lane => lane.Begin(run));
        if (_lanes.Length > 0)
        {
            _timer = _clock.CreateTimer(
                static lanes => Array.ForEach((MirrorLane[])lanes!, lane => lane.Look()), _lanes, _period, _period);
        }
    }

    public void Add(RunRecord record)
    {
        foreach (MirrorLane lane in _lanes)
        {
            lane.Add(record);
        }
    }

    /// <summary>Has the mirrors finish; the returned task never fails, and ends when they have or the time is up.</summary>
    public async Task EndAsync(EndOfRun end)
    {
        MirroredEnd mirrored = new()
        {
            Outcome = end.CloseRun ? end.Outcome : RunOutcome.Running,
            Message = end.Message,
            Time = Records.Now,
        };
        Array.ForEach(_lanes, lane => lane.End(mirrored));

        // A mirror that never ends must not keep a program from ending that waits for its own service without a limit.
        TimeSpan timeout = end.Timeout == Timeout.InfiniteTimeSpan ? RunSettings.DefaultCloseTimeout : end.Timeout;
        await Task.WhenAny(Task.WhenAll(_lanes.Select(lane => lane.Done)), Task.Delay(timeout, _clock)).ConfigureAwait(false);
        foreach (MirrorLane lane in _lanes)
        {
            if (lane.Done.IsCompleted)
            {
                lane.Look(always: true);
                lane.Dispose();
            }
            else
            {
                lane.Abandon();
            }
        }

        Dispose();
    }

    public void Dispose() => _timer?.Dispose();
}
