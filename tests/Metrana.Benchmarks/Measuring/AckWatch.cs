using Benchmarks.Serving;
using Metrana.Native;

namespace Benchmarks.Measuring;

/// <summary>
/// Waits for acknowledgements by looking at the counters, seldom enough to cost little. The first look comes after half of
/// the shortest wait so far; each further pause is a twentieth of the wait until then, between 0.2 and 1 ms. A measured wait
/// is therefore too long by at most that pause.
/// </summary>
internal sealed class AckWatch
{
    private const double ShortestPause = 0.0002;
    private const double LongestPause = 0.001;
    private const double Patience = 120;

    private double _shortest;

    /// <summary>Returns when each logger's counters say that its goal was acknowledged.</summary>
    /// <exception cref="NotDeliveredException">Something was lost, or for two minutes nothing has come.</exception>
    public void Wait(IReadOnlyList<Logger> loggers, ReadOnlySpan<long> goals)
    {
        double begun = Clocks.Wall;
        Clocks.Pause(_shortest / 2);
        long reached = 0;
        double progress = begun;
        int done = 0;
        while (done < loggers.Count)
        {
            Metrics metrics = loggers[done].GetMetrics();
            long sent = Delivered.Sent(metrics).All;
            if (sent >= goals[done])
            {
                done++;
                reached = 0;
                continue;
            }

            double now = Clocks.Wall;
            if (sent > reached)
            {
                reached = sent;
                progress = now;
            }

            if (Delivered.Lost(metrics) > 0 || now - progress > Patience)
            {
                throw new NotDeliveredException(
                    $"{sent} of {goals[done]} points were acknowledged, {Delivered.Lost(metrics)} refused or dropped, "
                    + $"and for {now - progress:F0} s nothing has come. Streams tried: {metrics.ConnectionAttempts}, failed: {metrics.SendErrors}.");
            }

            Clocks.Pause(Math.Clamp((now - begun) / 20, ShortestPause, LongestPause));
        }

        double waited = Clocks.Wall - begun;
        _shortest = _shortest == 0 ? waited : Math.Min(_shortest, waited);
    }
}
