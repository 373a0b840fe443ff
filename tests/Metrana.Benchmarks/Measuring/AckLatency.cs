using System.Collections.Concurrent;
using Benchmarks.Serving;
using Metrana.Native;

namespace Benchmarks.Measuring;

/// <summary>
/// From each call to its acknowledgement, while more calls follow. A thread looks at the counters twice a millisecond, so that a
/// measured time is too long by at most that.
/// </summary>
internal sealed class AckLatency : IDisposable
{
    private const double Pause = 0.0005;
    private const double Patience = 120;

    private readonly Logger _logger;
    private readonly Action _look;
    private readonly ConcurrentQueue<(long Goal, double Begun)> _open = new();
    private readonly List<double> _seconds = [];
    private readonly Thread _thread;
    private volatile bool _ended;
    private NotDeliveredException? _failure;

    /// <param name="logger">Whose acknowledgements are waited for.</param>
    /// <param name="look">Something else to look at each time.</param>
    public AckLatency(Logger logger, Action look)
    {
        _logger = logger;
        _look = look;
        _thread = new Thread(Watch) { IsBackground = true, Name = "acknowledgements" };
        _thread.Start();
    }

    /// <summary>A call is about to be made.</summary>
    /// <param name="goal">How many points are acknowledged when this call is.</param>
    public void Begin(long goal) => _open.Enqueue((goal, Clocks.Wall));

    /// <summary>Waits for the last acknowledgement and returns the times of all calls, in seconds.</summary>
    /// <exception cref="NotDeliveredException">Something was lost, or for two minutes nothing has come.</exception>
    public IReadOnlyList<double> End()
    {
        _ended = true;
        _thread.Join();
        return _failure is null ? _seconds : throw _failure;
    }

    public void Dispose()
    {
        _ended = true;
        _open.Clear();
        _thread.Join();
    }

    private void Watch()
    {
        double progress = Clocks.Wall;
        while (!_ended || !_open.IsEmpty)
        {
            Metrics metrics = _logger.GetMetrics();
            double now = Clocks.Wall;
            long sent = Delivered.Sent(metrics).All;
            while (_open.TryPeek(out (long Goal, double Begun) first) && first.Goal <= sent && _open.TryDequeue(out first))
            {
                _seconds.Add(now - first.Begun);
                progress = now;
            }

            progress = _open.IsEmpty ? now : progress;
            if (Delivered.Lost(metrics) > 0 || now - progress > Patience)
            {
                _failure = new NotDeliveredException(
                    $"{sent} points were acknowledged, {Delivered.Lost(metrics)} refused or dropped, and for {now - progress:F0} s nothing has come.");
                return;
            }

            _look();
            Clocks.Pause(Pause);
        }
    }
}
